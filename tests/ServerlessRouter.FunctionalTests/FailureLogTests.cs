using System.Text.RegularExpressions;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests;

/// <summary>What an operator reads on the console when a vendor fails.</summary>
public sealed partial class FailureLogTests
{
    private const string Key = "sk-live-SECRET123";

    [Theory]
    [InlineData(400, $"Incorrect API key provided: {Key}", "400, the router's credential env:CRUCIBLE_KEY was refused")]
    [InlineData(407, $"Log in first, {Key}", "407, a proxy before the provider demands a credential")]
    public async Task Chat_VendorOrProxyRefusesTheKey_TheLogNamesAttemptAndCredentialOnce(int status, string message, string cause)
    {
        await using var vendor = await FakeUpstream.StartAsync();
        vendor.Default(Reply.Error(status, message, "invalid_request_error"));
        var folder = Directory.CreateTempSubdirectory("router-log-");
        try
        {
            var path = Path.Combine(folder.FullName, "router.json");
            await File.WriteAllTextAsync(path, new RouterFile()
                .Provider("crucible", vendor.OpenAiAddress, settingsJson: """{ "credential": "env:CRUCIBLE_KEY", "query": { "team": "hidden-team-name" } }""")
                .Model("model", ["crucible"]).ToString());
            await using var router = RouterProcess.Start([("CRUCIBLE_KEY", Key)], "serve", "--config", path, "--urls", "http://127.0.0.1:0");
            var address = Listening().Match(await router.ReadUntilAsync("Listening on ")).Groups["address"].Value;
            using var client = new HttpClient();
            using var body = new ByteArrayContent(ChatBodies.Plain(model: "model"));
            body.Headers.ContentType = new("application/json");

            using var answer = await client.PostAsync(new Uri(new Uri(address), "v1/chat/completions"), body);
            var log = await router.ReadUntilAsync("failed: UpstreamError");

            Assert.Equal(502, (int)answer.StatusCode);
            var lines = log.Split('\n').Where(line => line.Contains(cause, StringComparison.Ordinal));
            Assert.Contains($"model at crucible, deployment crucible/model-at-crucible, {vendor.OpenAiAddress}chat/completions: ", Assert.Single(lines), StringComparison.Ordinal);
            Assert.DoesNotContain("SECRET123", log, StringComparison.Ordinal);
            Assert.DoesNotContain("hidden-team-name", log, StringComparison.Ordinal);
            Assert.DoesNotMatch(NineDigits(), log);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [GeneratedRegex(@"Listening on (?<address>http://\S+)")]
    private static partial Regex Listening();

    [GeneratedRegex(@"\[\d{4,}\]")]
    private static partial Regex NineDigits();
}
