using ServerlessRouter.FunctionalTests.Running;

namespace ServerlessRouter.FunctionalTests.Jobs;

/// <summary>A router in a process of its own that is killed, never stopped.</summary>
internal sealed class KillableRouter : IAsyncDisposable
{
    private readonly RouterProcess _process;
    private readonly HttpClient _http;

    private KillableRouter(RouterProcess process, string printed)
    {
        var address = printed[(printed.LastIndexOf("http://", StringComparison.Ordinal))..].Trim();
        (_process, _http) = (process, new HttpClient { BaseAddress = new Uri(address) });
        Client = new JobClient(_http);
    }

    public JobClient Client { get; }

    /// <summary>What it is asked by.</summary>
    public HttpClient Http => _http;

    /// <summary>Starts it over the state that the run before left in <paramref name="folder"/>.</summary>
    public static async Task<KillableRouter> StartAsync(string configuration, DirectoryInfo folder)
    {
        var process = RouterProcess.Start("--urls", "http://127.0.0.1:0", "--config", configuration, "--data", Path.Combine(folder.FullName, "data"));
        return new KillableRouter(process, await process.ReadUntilAsync("Listening on "));
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _http.Dispose();
    }
}
