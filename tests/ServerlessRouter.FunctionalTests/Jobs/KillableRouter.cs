using ServerlessRouter.FunctionalTests.Running;

namespace ServerlessRouter.FunctionalTests.Jobs;

/// <summary>A router in a process of its own that is killed, never stopped.</summary>
internal sealed class KillableRouter : IAsyncDisposable
{
    private readonly RouterProcess _process;
    private readonly HttpClient _http;

    /// <summary>Takes what the process printed up to the line with its address.</summary>
    public KillableRouter(RouterProcess process, string printed)
    {
        var address = printed[(printed.LastIndexOf("http://", StringComparison.Ordinal))..].Trim();
        (_process, _http) = (process, new HttpClient { BaseAddress = new Uri(address) });
        Client = new JobClient(_http);
    }

    public JobClient Client { get; }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _http.Dispose();
    }
}
