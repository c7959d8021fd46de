using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests;

/// <summary>What the console says of requests: with <c>--access-log</c> one line each, never a prompt or a key, and no line twice.</summary>
public sealed class AccessLogTests : IAsyncLifetime
{
    private const string Prompt = "The s3cret of the house";
    private const string Key = "sk-the-callers-s3cret";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("router-access-");
    private FakeUpstream _upstream = null!;

    public async Task InitializeAsync()
    {
        _upstream = await FakeUpstream.StartAsync();
        _upstream.Default(Reply.Text("Hello."));
    }

    public async Task DisposeAsync()
    {
        await _upstream.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task AccessLog_Chat_OneLineWithRouteModelTokensAndCost(bool stream)
    {
        var (lines, _) = await RunAsync(["--access-log"], ChatBodies.For(stream, Prompt));

        var line = Assert.Single(lines);
        Assert.Matches(
            @"^\d{4}-\d\d-\d\dT[\d:.]+Z info \S+: POST /v1/chat/completions 200 ms=\d+ route=auto model=m deployment=m-vendor/m-at-m-vendor attempts=1 tokens=\d+\+\d+ cost=0\.\d+ id=\S+$", line);
        Assert.DoesNotContain("s3cret", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AccessLog_RequestFails_TheLineSaysHow()
    {
        _upstream.Default(Reply.Error(500, "broken", "server_error"));

        var (lines, _) = await RunAsync(["--access-log", "--log-level", "Error"], ChatBodies.Plain(Prompt));

        var line = Assert.Single(lines, static line => line.Contains("POST", StringComparison.Ordinal));
        Assert.Matches(@" POST /v1/chat/completions 5\d\d ms=\d+ route=auto model=- deployment=- attempts=\d+ tokens=0\+0 cost=0 error=\w+ id=", line);
    }

    [Fact]
    public async Task AccessLog_OtherRequests_MethodPathWithoutQueryAndStatus()
    {
        var (lines, _) = await RunAsync(["--access-log"], body: null, "v1/models?api-key=s3cret", "nowhere/at%20all%0Aforged");

        Assert.Equal(2, lines.Length);
        Assert.Matches(@"info \S+: GET /v1/models 200 ms=\d+ id=\S+$", lines[0]);
        Assert.Matches(@"info \S+: GET /nowhere/at%20all%0Aforged 404 ms=\d+ id=\S+$", lines[1]);
    }

    [Fact]
    public async Task NoAccessLog_GoodRequests_NothingIsPrinted() => Assert.Empty((await RunAsync([], ChatBodies.Plain(Prompt), "v1/models")).Lines);

    [Fact]
    public async Task NoAccessLog_RequestFails_NoLineIsSaidTwiceAndNoneHasAnEventId()
    {
        _upstream.Default(Reply.Error(500, "broken", "server_error"));

        var (lines, answers) = await RunAsync([], ChatBodies.Plain(Prompt));

        var id = Assert.Single(answers).Header("x-request-id")!;
        Assert.Single(lines, line => line.Contains("failed: ", StringComparison.Ordinal) && line.Contains(id, StringComparison.Ordinal) && line.Contains("after", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains("gave up", StringComparison.Ordinal));
        Assert.Equal(lines.Length, lines.Distinct().Count());
        Assert.All(lines, static line => Assert.DoesNotMatch(@"\[\d+\]", line));
    }

    /// <summary>Sends a chat and asks for pages, and gives the lines that the console has of them.</summary>
    private async Task<(string[] Lines, List<ClientAnswer> Answers)> RunAsync(string[] arguments, byte[]? body, params string[] pages)
    {
        var path = Path.Combine(_folder.FullName, "router.json");
        await File.WriteAllTextAsync(path, new RouterFile().Upstream("m", _upstream, """{"quality":{"default":0.8}}""").Route("auto", ["m"], """{"limits":{"attempts":2}}""").ToString());
        await using var process = RouterProcess.Start(["--config", path, "--urls", "http://127.0.0.1:0", .. arguments]);
        var banner = await process.ReadUntilAsync("codex -m");
        var answers = new List<ClientAnswer>();
        using (var client = new HttpClient { BaseAddress = new Uri(banner.Split("Listening on ")[1].Split('\n')[0].Trim() + "/") })
        {
            client.DefaultRequestHeaders.Add("Authorization", $"Bearer {Key}");
            if (body is not null)
            {
                using var content = new ByteArrayContent(body);
                using var response = await client.PostAsync("v1/chat/completions", content);
                answers.Add(await ClientAnswer.ReadAsync(response));
            }

            foreach (var page in pages)
            {
                using var response = await client.GetAsync(page);
                answers.Add(await ClientAnswer.ReadAsync(response));
            }
        }

        // A good stop lets the console write what it still has.
        var printed = await process.InterruptAsync();
        return (printed.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), answers);
    }
}
