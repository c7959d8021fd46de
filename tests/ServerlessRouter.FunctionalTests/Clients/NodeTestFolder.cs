using System.Text.Json.Nodes;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Node;
using ServerlessRouter.Testing.Processes;
using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace ServerlessRouter.FunctionalTests.Clients;

/// <summary>Runs the tests of a folder under <c>tests</c> against the built router: each file once, in a process of its own.</summary>
public sealed class NodeTestFolder : IDisposable
{
    private readonly TimeSpan _limit;
    private readonly SemaphoreSlim _room;
    private readonly Lazy<Task<string>> _folder;
    private readonly Dictionary<string, Lazy<Task<ProcessEnd>>> _runs;

    /// <param name="name">The folder.</param>
    /// <param name="atOnce">Files that run at a time.</param>
    /// <param name="limit">How long a file may take.</param>
    /// <param name="messages">Are told what takes long.</param>
    public NodeTestFolder(string name, int atOnce, TimeSpan limit, IMessageSink messages)
    {
        (_limit, _room) = (limit, new SemaphoreSlim(atOnce));
        _folder = new(() => NodePackages.InstalledAsync(name, message => messages.OnMessage(new DiagnosticMessage(message))));
        _runs = FilesOf(name).ToDictionary(static file => file, file => new Lazy<Task<ProcessEnd>>(() => RunAsync(file)));
    }

    /// <summary>The files of tests in a folder under <c>tests</c>.</summary>
    public static string[] FilesOf(string name) => [.. Directory.EnumerateFiles(Path.Combine(RepositoryFolder.Path, "tests", name), "*.test.js").Select(static file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    /// <summary>Fails with the name of each test of a file that failed. The files of the others begin too.</summary>
    public async Task PassAsync(string file)
    {
        foreach (var run in _runs.Values)
            _ = run.Value;
        var end = await _runs[file].Value;

        var tests = end.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonNode.Parse(line)!).ToArray();
        var failures = tests.Where(static test => test["error"] is not null).Select(static test => $"{test["name"]}\n{test["error"]}");
        Assert.True(end.ExitCode == 0, string.Join("\n\n", [.. failures, end.Errors]));
        Assert.NotEmpty(tests);
        Assert.DoesNotContain(tests, static test => (bool)test["skipped"]!);
    }

    public void Dispose() => _room.Dispose();

    private async Task<ProcessEnd> RunAsync(string file)
    {
        var folder = await _folder.Value;
        await _room.WaitAsync();
        try
        {
            return await ProcessRun.ToEndAsync(
                NodeProgram.Node, ["--test-reporter=../clients/support/reporter.js", file], folder, _limit, ("ROUTER_DLL", Path.Combine(AppContext.BaseDirectory, "ServerlessRouter.LocalHost.dll")));
        }
        finally
        {
            _room.Release();
        }
    }
}
