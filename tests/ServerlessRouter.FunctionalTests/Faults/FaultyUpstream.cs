using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Upstreams;

namespace ServerlessRouter.FunctionalTests.Faults;

/// <summary>An upstream of one scenario, running: always the same fault.</summary>
public sealed class FaultyUpstream(Uri address, IAsyncDisposable? server = null, Func<int, Task>? asked = null) : IAsyncDisposable
{
    /// <summary>What the router takes as the vendor's base URL.</summary>
    public Uri Address { get; } = address;

    /// <summary>What the vendor would bill; nothing where there is no vendor behind the address.</summary>
    public UpstreamBooks? Books => (server as FakeUpstream)?.Books;

    /// <summary>Waits until so many requests have come in, all together.</summary>
    public Task WaitForRequestsAsync(int count) => asked?.Invoke(count) ?? throw new InvalidOperationException($"No request reaches {Address}.");

    /// <summary>A vendor that always answers with this.</summary>
    public static Func<Task<FaultyUpstream>> Answers(Reply reply) => async () =>
    {
        var fake = await FakeUpstream.StartAsync();
        fake.Default(reply);
        return new FaultyUpstream(fake.OpenAiAddress, fake, fake.WaitForRequestAsync);
    };

    /// <summary>A server that reads each request and then does this.</summary>
    public static Func<Task<FaultyUpstream>> Does(Func<RawConnection, Task> script) => () =>
    {
        var requests = new Tally("a request read");
        var raw = RawUpstream.Start(async connection =>
        {
            await connection.ReadRequestAsync();
            requests.Add();
            await script(connection);
        });
        return Task.FromResult(new FaultyUpstream(raw.BaseAddress, raw, requests.WaitForAsync));
    };

    /// <summary>An address that answers nothing.</summary>
    public static Func<Task<FaultyUpstream>> IsAt(Uri address) => () => Task.FromResult(new FaultyUpstream(address));

    /// <summary>A port that refuses every connection.</summary>
    public static Func<Task<FaultyUpstream>> Refuses() => () =>
    {
        var refused = RefusedEndpoint.Reserve();
        return Task.FromResult(new FaultyUpstream(refused.BaseAddress, new Owned(refused)));
    };

    /// <summary>A port where every TLS handshake fails.</summary>
    public static Func<Task<FaultyUpstream>> BreaksTls() => async () =>
    {
        var fake = await FakeUpstream.StartAsync();
        return new FaultyUpstream(fake.BrokenTlsAddress, fake);
    };

    public ValueTask DisposeAsync() => server?.DisposeAsync() ?? default;

    private sealed class Owned(IDisposable inner) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            inner.Dispose();
            return default;
        }
    }
}
