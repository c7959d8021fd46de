using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Node;
using ServerlessRouter.Testing.Processes;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace ServerlessRouter.FunctionalTests.Clients;

/// <summary>Runs the tests of <c>tests/clients</c> against the built router: each file once, in a process of its own, two at a time.</summary>
public sealed class JavaScriptClients : IDisposable
{
    public static readonly string[] Files = [.. Directory.EnumerateFiles(Path.Combine(RepositoryFolder.Path, "tests", "clients"), "*.test.js").Select(static file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    private readonly SemaphoreSlim _room = new(2);
    private readonly Lazy<Task<string>> _folder;
    private readonly Dictionary<string, Lazy<Task<ProcessEnd>>> _runs;

    public JavaScriptClients(IMessageSink messages)
    {
        _folder = new(() => NodePackages.InstalledAsync("clients", message => messages.OnMessage(new DiagnosticMessage(message))));
        _runs = Files.ToDictionary(static file => file, file => new Lazy<Task<ProcessEnd>>(() => RunAsync(file)));
    }

    /// <summary>How the tests of a file ended, those of the others having begun too.</summary>
    public Task<ProcessEnd> EndOfAsync(string file)
    {
        foreach (var run in _runs.Values)
            _ = run.Value;
        return _runs[file].Value;
    }

    public void Dispose() => _room.Dispose();

    private async Task<ProcessEnd> RunAsync(string file)
    {
        var folder = await _folder.Value;
        await _room.WaitAsync();
        try
        {
            return await ProcessRun.ToEndAsync(
                NodeProgram.Node, ["--test-reporter=./support/reporter.js", file], folder, Limit, ("ROUTER_DLL", Path.Combine(AppContext.BaseDirectory, "ServerlessRouter.LocalHost.dll")));
        }
        finally
        {
            _room.Release();
        }
    }
}
