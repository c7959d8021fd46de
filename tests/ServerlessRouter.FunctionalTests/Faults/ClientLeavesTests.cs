using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Faults;

/// <summary>Whenever a client leaves, the vendor's call ends, no other model is asked in its place, and health holds nothing against the vendor.</summary>
public sealed class ClientLeavesTests : IAsyncLifetime
{
    private const int MoreThanAnyBreakerStands = 6;

    private static readonly Reply Three = Reply.Stream("One ", "two ", "three.");

    private static readonly (string Name, Reply Reply, bool IsContentSeen)[] s_phases =
    [
        ("before the vendor's headers", Three.HangAt(ReplyPoint.BeforeHeaders), false),
        ("within the vendor's headers", Three.HangAt(ReplyPoint.WithinHeaders), false),
        ("after the vendor's headers", Three.HangAt(ReplyPoint.AfterHeaders), false),
        ("before the first token", Three.HangAt(ReplyPoint.BeforeFirstToken), false),
        ("after the first token", Three.HangAt(ReplyPoint.AfterChunk(1)), true),
        ("inside a chunk", Three.HangAt(ReplyPoint.InsideChunk(2)), true),
        ("before the end mark", Three.HangAt(ReplyPoint.BeforeDone), true),
    ];

    private FakeUpstream _vendor = null!;
    private FakeUpstream _other = null!;
    private RunningRouter _router = null!;

    public static TheoryData<string, bool> Phases
    {
        get
        {
            var rows = new TheoryData<string, bool>();
            foreach (var phase in s_phases)
            {
                rows.Add(phase.Name, false);
                rows.Add(phase.Name, true);
            }

            return rows;
        }
    }

    public async Task InitializeAsync()
    {
        _vendor = await FakeUpstream.StartAsync();
        _other = await FakeUpstream.StartAsync();
        _router = await RunningRouter.StartAsync(new RouterFile()
            .Upstream("vendor", _vendor).Upstream("other", _other).Route("auto", ["vendor"], """{ "fallbacks": ["other"] }""").Route("alone", ["vendor"]));
    }

    public async Task DisposeAsync()
    {
        await _router.DisposeAsync();
        await _vendor.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Theory, MemberData(nameof(Phases))]
    public async Task Chat_ClientLeaves_TheVendorsCallEndsAndNothingElseHappens(string phase, bool stream)
    {
        var (_, reply, isContentSeen) = s_phases.Single(row => row.Name == phase);
        _vendor.Default(reply);

        await Task.WhenAll(Enumerable.Range(1, MoreThanAnyBreakerStands).Select(async _ =>
        {
            await using var client = await RawClient.ConnectAsync(_router.Address);
            await client.SendChatAsync(ChatBodies.For(stream));
            if (stream && isContentSeen)
                await client.ReadUntilAsync("One ");
            else
                await _vendor.WaitForRequestAsync(MoreThanAnyBreakerStands);
            client.Reset();
        }));

        await _vendor.WaitForAbortAsync(MoreThanAnyBreakerStands);
        await Eventually.HoldsAsync(() => _vendor.Books.InFlight == 0, "the vendor to be rid of every call");
        Assert.Empty(_other.Books.Requests);
        Assert.Null(await _router.ObstacleAsync("alone"));
        _vendor.Default(Three);
        Assert.Equal("vendor", (await _router.ChatAsync(ChatBodies.For(stream))).Header("x-router-model"));
    }

    [Fact]
    public async Task Chat_ClientStopsReading_TheVendorIsSlowedDownInsteadOfTheRouterFillingUp()
    {
        // 64 MB: more than the socket buffers of the system hold between vendor and client, which are up to 40 MB.
        var flood = Reply.Stream([.. Enumerable.Repeat(new string('x', 64 * 1024), 1000)]);
        _vendor.Default(flood);
        _other.Default(flood);
        await using var client = await RawClient.ConnectAsync(_router.Address, receiveBufferBytes: 64 * 1024);
        await client.SendChatAsync(ChatBodies.Streamed());
        await client.ReadUntilAsync("xxx");

        // In the time in which a client who reads gets all of it, the vendor of the one who does not could have sent all of it too.
        using (var read = await _router.BeginChatAsync(ChatBodies.Streamed(model: "other"), CancellationToken.None))
            await read.Content.CopyToAsync(Stream.Null);
        Assert.Equal(AnswerEnd.Completed, (await _other.WaitForAnswerAsync()).End);
        Assert.Empty(_vendor.Books.Answers);

        client.Reset();
        await Eventually.HoldsAsync(() => _vendor.Books.InFlight == 0, "the vendor to be rid of the call");
    }
}
