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

    [Theory]
    [InlineData("--data has an empty value, perhaps of a variable that is not set. Give it a folder, or leave it out.", "--data", "")]
    [InlineData("--config has an empty value, perhaps of a variable that is not set. Give it a file, or leave it out.", "serve", "--config", "")]
    [InlineData("--queue has an empty value", "--queue", "")]
    [InlineData("--certificate has an empty value", "--certificate", "")]
    [InlineData("--urls names no address", "--urls", "")]
    [InlineData("--config has an empty value", "route", "Hello", "--config", "")]
    [InlineData("FILE has an empty value", "validate", "")]
    [InlineData("--out has an empty value, perhaps of a variable that is not set. Give it a file.", "train", "--labels", "rows.jsonl", "--out", "")]
    [InlineData("--log-level is 'loud'; it may be Trace, Debug, Information, Warning, Error, Critical, None.", "--log-level", "loud")]
    [InlineData("--folds is 'some', which is no whole number.", "evaluate", "--labels", "rows.jsonl", "--folds", "some")]
    [InlineData("Did you mean --config router.json?", "serve", "router.json")]
    [InlineData("Did you mean --config team/router.json?", "team/router.json")]
    [InlineData("Did you mean one of the following?", "--confg", "router.json")]
    public async Task Arguments_Wrong_ExitCode1SaysWhatToWrite(string expected, params string[] arguments)
    {
        var run = await RouterProcess.RunAsync(arguments);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(expected, run.Error + run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", run.Error + run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Microsoft.", run.Error + run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_BesideAnEmptyValue_IsShown()
    {
        var run = await RouterProcess.RunAsync("serve", "--data", "", "--help");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("--admin-key", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Route_EmptyModel_AsksTheUsualRoute()
    {
        var run = await RouterProcess.RunAsync("route", "Hello", "--model", "");

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Error);
    }

    [Fact]
    public async Task Validate_GoodFile_ExitCode0AndASummary()
    {
        var run = await RouterProcess.RunAsync("validate", Write(Good()));

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("is valid: 1 route, 1 model, 1 provider, version", run.Output, StringComparison.Ordinal);
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
    [InlineData(1, "The configuration has 1 error:")]
    [InlineData(2, "The configuration has 2 errors:")]
    public async Task Validate_BadFile_CountsInPlainEnglish(int errors, string expected)
    {
        var mistakes = string.Concat(Enumerable.Range(1, errors).Select(static number => $", \"mistake{number}\": 1"));
        var path = Write($$"""
            { "providers": { "p": { "kind": "simulated" } }, "models": { "m": { "price": { "free": true }, "contextWindow": 1, "deployments": [{ "provider": "p" }] } }{{mistakes}} }
            """);

        var run = await RouterProcess.RunAsync("validate", path);

        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("(s)", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("providers:\n  openai:\n    kind: openai\n", "line 1, column 1: This looks like YAML, but JSON is expected")]
    [InlineData("{\n  \"providers\": {}\n  \"models\": {}\n}", "line 3, column 3: A comma is missing before this.")]
    public async Task Validate_NoJson_SaysWhyAndWhere(string text, string expected)
    {
        var run = await RouterProcess.RunAsync("validate", Write(text));

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Validate_SecretsAreNotThere_ExitCode1TellsOfNoSecrets()
    {
        var run = await RouterProcess.RunAsync("validate", Write(WithSecrets()));

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("the environment variable ROUTER_TEST_VENDOR_KEY is not set", run.Error, StringComparison.Ordinal);
        Assert.Contains("--no-secrets", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Validate_NoSecrets_ChecksTheRestAndSaysWhatItDidNot()
    {
        var run = await RouterProcess.RunAsync("validate", "--no-secrets", Write(WithSecrets()));

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("not checked: whether these secrets are there and can be keys: env:ROUTER_TEST_VENDOR_KEY, keyvault:router-caller-key", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("warning", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Validate_NoSecretsButAKeyInPlainSight_IsStillRefused()
    {
        var run = await RouterProcess.RunAsync("validate", "--no-secrets", Write(WithSecrets().Replace("env:ROUTER_TEST_VENDOR_KEY", "sk-in-plain-sight", StringComparison.Ordinal)));

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("is not a reference to a secret", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-in", run.Error + run.Output, StringComparison.Ordinal);
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
    [InlineData("serve --help", "--config", "--urls", "--access-log")]
    [InlineData("validate --help", "FILE", "--no-secrets")]
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

    private static string WithSecrets() => new RouterFile().Upstream("m", new Uri("http://127.0.0.1:9/v1/"), """{"quality":{"default":0.8}}""")
        .Provider("m-vendor", new Uri("http://127.0.0.1:9/v1/"), settingsJson: """{"credential":"env:ROUTER_TEST_VENDOR_KEY"}""").Route("auto", ["m"]).Key("me", "keyvault:router-caller-key").ToString();

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
