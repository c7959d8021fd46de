using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.LocalHost;
using ServerlessRouter.LocalHost.Starting;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Upstreams;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Jobs;

/// <summary>A folder in place of a queue.</summary>
public sealed class QueueFolderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("router-queue-");

    private string Queue => Path.Combine(_folder.FullName, "queue");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Message_WithABlob_IsAnsweredByABlob()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        await using var router = await StartAsync(upstream);
        await File.WriteAllLinesAsync(Path.Combine(Queue, "blobs", "night.jsonl"), JobClient.Lines(3));
        await DropAsync("night.json", """{"input":"night.jsonl","output":"results/night"}""");

        var output = Path.Combine(Queue, "blobs", "results", "night.output.jsonl");
        await Eventually.HoldsAsync(() => File.Exists(output), "the output");

        var lines = await File.ReadAllLinesAsync(output);
        Assert.Equal(["r-0", "r-1", "r-2"], lines.Select(static line => (string)JsonNode.Parse(line)!["custom_id"]!));
        Assert.True(File.Exists(Path.Combine(Queue, "done", "night.json")));
    }

    [Fact]
    public async Task Message_BehindOneWhoseBlobsAreAway_IsTakenAllTheSame()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        await using var router = await StartAsync(upstream);
        Directory.Delete(Path.Combine(Queue, "blobs"), recursive: true);
        await DropAsync("a.json", """{"input":"night.jsonl"}""");
        await DropAsync("b.json", """{"model":"auto","requests":[{"custom_id":"r-1","body":{"messages":[{"role":"user","content":"Hello"}]}}]}""");

        await Eventually.HoldsAsync(() => File.Exists(Path.Combine(Queue, "done", "b.json")), "the message that needs no blob");

        Assert.True(File.Exists(Path.Combine(Queue, "a.json")));
    }

    /// <summary>What meets a spent budget fails with that error, and what was answered was paid once.</summary>
    [Fact]
    public async Task Message_WhoseKeyHasABudgetForHalfOfIt_IsAnsweredByHalfAndTheRestSaysWhy()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        upstream.Default(Reply.Text("Fine.").Usage(100, 25));
        await using var router = await StartAsync(upstream, new string('0', 64), """{ "budget": { "usd": 0.0004, "per": "month" } }""");
        await DropAsync(router, 4);

        var (answered, failed) = await LinesAsync(4);

        Assert.Equal((2, 2), (answered.Length, failed.Length));
        Assert.Equal(4, answered.Concat(failed).Select(static line => (string)line["custom_id"]!).Distinct().Count());
        Assert.All(failed, static line => Assert.Contains("insufficient_quota", line.ToJsonString(), StringComparison.Ordinal));
        Assert.Equal(2, upstream.Books.Requests.Count);
    }

    /// <summary>What is throttled waits, and is made once.</summary>
    [Fact]
    public async Task Message_WhoseKeyMayHaveOneRequestAtOnce_IsAnsweredInFullOneByOne()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        upstream.Default(Reply.Text("Fine.").Usage(100, 25));
        await using var router = await StartAsync(upstream, new string('0', 64), """{ "concurrentRequests": 1 }""");
        // A busy machine may not tell within the 50 ms that a first request waits for what is in use; then it passes.
        await DropAsync("first.json", """{"key":"team","model":"auto","requests":[{"custom_id":"first","body":{"messages":[{"role":"user","content":"Hello"}]}}]}""");
        await upstream.WaitForAnswerAsync();
        await DropAsync(router, 4);

        var (answered, failed) = await LinesAsync(4);

        Assert.Equal((4, 0), (answered.Length, failed.Length));
        Assert.Equal((5, 1), (upstream.Books.Requests.Count, upstream.Books.MaxAtOnce));
    }

    private async Task DropAsync(LocalRouter router, int requests)
    {
        Assert.NotNull(router.Address);
        await File.WriteAllLinesAsync(Path.Combine(Queue, "blobs", "night.jsonl"), JobClient.Lines(requests));
        await DropAsync("night.json", """{"key":"team","input":"night.jsonl","output":"results/night"}""");
    }

    /// <summary>What was answered, and what failed, once so many requests have been. The failures are written behind the answers.</summary>
    private async Task<(JsonNode[] Answered, JsonNode[] Failed)> LinesAsync(int requests)
    {
        (JsonNode[] Answered, JsonNode[] Failed) lines = default;
        await Eventually.HoldsAsync(
            async () =>
            {
                lines = (await ReadAsync("output"), await ReadAsync("errors"));
                return lines.Answered.Length + lines.Failed.Length == requests;
            },
            "all requests to be answered or to have failed");
        return lines;
    }

    private async Task<JsonNode[]> ReadAsync(string kind)
    {
        var path = Path.Combine(Queue, "blobs", "results", $"night.{kind}.jsonl");
        return File.Exists(path) ? [.. (await File.ReadAllLinesAsync(path)).Select(static line => JsonNode.Parse(line)!)] : [];
    }

    [Fact]
    public async Task Message_Faulty_IsInThePoisonFolderWithItsReason()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        await using var router = await StartAsync(upstream);
        await DropAsync("bad.json", """{"inptu":"night.jsonl"}""");

        var reason = Path.Combine(Queue, "poison", "bad.json.reason.txt");
        await Eventually.HoldsAsync(() => File.Exists(Path.Combine(Queue, "poison", "bad.json")), "the message laid aside");

        Assert.Contains("'inptu'", await File.ReadAllTextAsync(reason), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(Queue, "bad.json")));
    }

    [Theory]
    [InlineData("link", "is a link")]
    [InlineData("pipe", "empty, or no regular file")]
    [InlineData("empty", "empty, or no regular file")]
    [InlineData("broken", "is not valid JSON")]
    public async Task Message_IsNoMessage_IsLaidAsideAndThoseBehindItAreTaken(string kind, string reason)
    {
        await using var upstream = await FakeUpstream.StartAsync();
        await using var router = await StartAsync(upstream, new string('0', 64));
        var path = Path.Combine(Queue, "a.json");
        if (kind == "link")
            File.CreateSymbolicLink(path, Path.Combine(_folder.FullName, "router.json"));
        else if (kind == "pipe")
            await MakePipeAsync(path);
        else
            await DropAsync("a.json", kind == "empty" ? "" : "{\"model\":");
        if (kind is "pipe" or "empty")
            File.SetLastWriteTimeUtc(path, new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        await DropAsync("b.json", """{"key":"team","model":"auto","requests":[]}""");

        await Eventually.HoldsAsync(() => File.Exists(Path.Combine(Queue, "poison", "b.json")), "the message behind it");

        Assert.Contains(reason, await File.ReadAllTextAsync(Path.Combine(Queue, "poison", "a.json.reason.txt")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute, null)]
    public async Task Start_QueueFolder_IsTheOwnersAloneWhereItIsNewAndStaysAsItIsWhereNot(UnixFileMode? before, UnixFileMode? expected)
    {
        if (OperatingSystem.IsWindows())
            return;
        if (before is { } shared)
        {
            Directory.CreateDirectory(Queue);
            File.SetUnixFileMode(Queue, shared);
        }

        await using var upstream = await FakeUpstream.StartAsync();
        await using var router = await StartAsync(upstream);

        Assert.Equal(expected ?? before, File.GetUnixFileMode(Queue));
    }

    [Fact]
    public async Task Start_QueueWithoutData_IsRefused()
    {
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => LocalRouter.StartAsync(
            new LocalRouterOptions { QueuePath = Queue, Urls = "http://127.0.0.1:0", LogLevel = LogLevel.None }));

        Assert.Contains("--queue needs --data", refused.Message, StringComparison.Ordinal);
    }

    private static async Task MakePipeAsync(string path)
    {
        using var process = Process.Start("mkfifo", path);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }

    /// <summary>With a key where its hash is given.</summary>
    private async Task<LocalRouter> StartAsync(FakeUpstream upstream, string? keyHash = null, string? tier = null)
    {
        var configuration = Path.Combine(_folder.FullName, "router.json");
        var file = new RouterFile().Upstream("mini", upstream).Route("auto", ["mini"]);
        if (keyHash is not null)
            file.Key("team", $"sha256:{keyHash}");
        var json = JsonNode.Parse(file.ToString())!;
        if (tier is not null)
            (json["tiers"], json["queue"]) = (new JsonObject { ["default"] = JsonNode.Parse(tier) }, JsonNode.Parse("""{ "keys": ["team"] }"""));
        await File.WriteAllTextAsync(configuration, json.ToJsonString());
        return await LocalRouter.StartAsync(new LocalRouterOptions
        {
            ConfigurationPath = configuration,
            DataPath = Path.Combine(_folder.FullName, "data"),
            QueuePath = Queue,
            Urls = "http://127.0.0.1:0",
            LogLevel = LogLevel.None,
        });
    }

    /// <summary>Under another name first, so that it is not read half.</summary>
    private async Task DropAsync(string name, string message)
    {
        var unfinished = Path.Combine(Queue, $"{name}.part");
        await File.WriteAllTextAsync(unfinished, message);
        File.Move(unfinished, Path.Combine(Queue, name));
    }
}
