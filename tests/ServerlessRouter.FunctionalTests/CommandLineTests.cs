using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ServerlessRouter.FunctionalTests.Running;
using Xunit;

namespace ServerlessRouter.FunctionalTests;

/// <summary>The command line as an operator uses it: the built program in a process of its own.</summary>
public sealed partial class CommandLineTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("router-command-line-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Validate_GoodFile_ExitCode0AndASummary()
    {
        var run = await RouterProcess.RunAsync("validate", Write(Good()));

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("is valid: 1 route(s), 1 model(s), 1 provider(s)", run.Output, StringComparison.Ordinal);
        Assert.Empty(run.Error);
    }

    [Fact]
    public async Task Validate_BadFile_ExitCode1AndEveryErrorWithItsPath()
    {
        var path = Write("""
            {
              "providers": { "p": { "kind": "opnai", "endpoint": "http://127.0.0.1:1/" } },
              "models": { "m": { "contextWindow": -5, "deployments": [{ "provider": "q" }] } },
              "routes": { "auto": { "candidates": ["mm"] } }
            }
            """);

        var run = await RouterProcess.RunAsync("validate", path);

        Assert.Equal(1, run.ExitCode);
        foreach (var expected in new[] { "kind", "contextWindow", "price", "provider", "candidates", "\"opnai\"", "-5", "\"q\"", "\"mm\"" })
            Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.Contains(path, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("validate")]
    [InlineData("serve", "--config")]
    [InlineData("route", "hello", "--config")]
    public async Task AnyCommand_FileIsMissing_ExitCode1NamesIt(params string[] command)
    {
        var missing = Path.Combine(_folder.FullName, "nowhere.json");

        var run = await RouterProcess.RunAsync([.. command, missing]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(missing, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Route_AsTable_ShowsProfileCandidatesAndReasons()
    {
        var run = await RouterProcess.RunAsync("route", "Write a C# function that reverses a linked list.");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("task code", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^#\s+model\s+quality", run.Output);
        Assert.Matches(@"(?m)^1\s+\w+\s+0\.\d\d", run.Output);
    }

    [Fact]
    public async Task Route_AsJson_Parses()
    {
        var run = await RouterProcess.RunAsync("route", "--config", Write(Good()), "--json", "Hello");

        Assert.Equal(0, run.ExitCode);
        var plan = JsonNode.Parse(run.Output)!;
        Assert.Equal("auto", (string?)plan["route"]);
        Assert.Equal("m", (string?)plan["candidates"]![0]!["model"]);
        Assert.NotNull(plan["profile"]!["confidence"]);
    }

    [Theory]
    [InlineData(0, "pro", "--key", "alice")]
    [InlineData(1, "alice, bob", "--key", "carol")]
    [InlineData(1, "alice, bob")]
    public async Task Route_KeysConfigured_PlansForTheTierOfTheKeyNamed(int exitCode, string expected, params string[] key)
    {
        var path = Write(Keyed());

        var run = await RouterProcess.RunAsync(["route", "--config", path, "--json", "Hello", .. key]);

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains(expected, run.Output + run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Route_UnknownModel_ExitCode1SaysWhichIsNear()
    {
        var run = await RouterProcess.RunAsync("route", "--model", "swfit", "Hello");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("'swift'", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help", "serve", "validate", "route", "train", "predict")]
    [InlineData("serve --help", "--config", "--urls")]
    [InlineData("validate --help", "FILE")]
    [InlineData("route --help", "PROMPT", "--json")]
    [InlineData("train --help", "--labels", "--out")]
    [InlineData("predict --help", "--weights")]
    public async Task Help_Asked_ExplainsTheCommand(string command, params string[] expected)
    {
        var run = await RouterProcess.RunAsync(command.Split(' '));

        Assert.Equal(0, run.ExitCode);
        Assert.All(expected, word => Assert.Contains(word, run.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task AnyCommand_UnknownOption_ExitCode1NamesIt()
    {
        var run = await RouterProcess.RunAsync("serve", "--prot", "80");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("--prot", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Predict_TwoLines_TwoAnswers()
    {
        var lines = """{"id":"a","prompt":"Translate 'good morning' into French."}""" + "\n" + """{"id":"b","prompt":"Solve x^2 = 16 for x."}""" + "\n";

        var run = await RouterProcess.RunAsync(lines, ["predict"]);

        Assert.Equal(0, run.ExitCode);
        var answers = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(["a", "b"], answers.Select(answer => (string?)answer["id"]));
        Assert.Contains("translation", answers[0].ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("math", answers[1].ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_OthersCanReachItWithoutKeys_ExitCode1WithTheReason()
    {
        var run = await RouterProcess.RunAsync("serve", "--urls", "http://0.0.0.0:0");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("no key is configured", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("serve")]
    public async Task Serve_WithoutConfiguration_PrintsACurlThatAnswers(params string[] command)
    {
        await using var process = RouterProcess.Start([.. command, "--urls", "http://127.0.0.1:0"]);
        var banner = await process.ReadUntilAsync("curl ");

        Assert.Contains("Listening on http://127.0.0.1:", banner, StringComparison.Ordinal);
        Assert.Contains("auto", banner, StringComparison.Ordinal);
        var curl = Curl().Match(banner);
        Assert.True(curl.Success, banner);
        using var client = new HttpClient();
        using var body = new StringContent(curl.Groups["body"].Value, new System.Net.Http.Headers.MediaTypeHeaderValue(curl.Groups["type"].Value));
        using var response = await client.PostAsync(new Uri(curl.Groups["url"].Value), body);
        var answer = await ClientAnswer.ReadAsync(response);
        Assert.Equal(200, (int)answer.Status);
        Assert.NotEmpty(answer.Text);
        Assert.True(answer.CostUsd > 0);
    }

    [GeneratedRegex("curl (?<url>\\S+) -H 'content-type: (?<type>[^']+)' -d '(?<body>[^']+)'")]
    private static partial Regex Curl();

    private static string Good() => new RouterFile().Upstream("m", new Uri("http://127.0.0.1:9/v1/")).Route("auto", ["m"]).ToString();

    private static string Keyed() => new RouterFile().Upstream("m", new Uri("http://127.0.0.1:9/v1/")).Route("auto", ["m"])
        .Tier("pro", "{}").Key("alice", Hash('a'), """{"tier":"pro"}""").Key("bob", Hash('b')).ToString();

    private static string Hash(char digit) => "sha256:" + new string(digit, 64);

    private string Write(string text)
    {
        var path = Path.Combine(_folder.FullName, "router.json");
        File.WriteAllText(path, text);
        return path;
    }
}
