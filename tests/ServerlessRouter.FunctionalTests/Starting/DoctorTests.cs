using System.Text.Json.Nodes;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Starting;

/// <summary>The doctor asks each provider one short question and says what to mend.</summary>
public sealed class DoctorTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("router-doctor-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(401, "Incorrect API key provided.", "invalid_api_key", "it wants a key (401)")]
    [InlineData(404, "The model `m-at-m-vendor` does not exist.", "model_not_found", "does not know it (404)")]
    [InlineData(429, "You exceeded your current quota.", "insufficient_quota", "the credit or quota is used up (429)")]
    [InlineData(400, "Unsupported parameter.", "unsupported_parameter", "the question was refused (400)")]
    public async Task Doctor_ProviderRefuses_ExitCode1AndTheRemedy(int status, string message, string code, string expected)
    {
        await using var vendor = await FakeUpstream.StartAsync();
        vendor.Default(Reply.Error(status, message, "invalid_request_error", code));

        var run = await RouterProcess.RunAsync("doctor", "--config", Write(new RouterFile().Upstream("m", vendor).Route("auto", ["m"])));

        Assert.Equal((1, ""), (run.ExitCode, run.Error));
        Assert.Contains("fails m-vendor", run.Output, StringComparison.Ordinal);
        Assert.Contains(expected, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_OneWorksAndOneIsGone_EachHasItsLine()
    {
        await using var vendor = await FakeUpstream.StartAsync();
        vendor.Default(Reply.Text("ok"));
        var file = new RouterFile().Upstream("m", vendor).Upstream("gone", new Uri("http://127.0.0.1:9/v1/")).Route("auto", ["m", "gone"]);

        var run = await RouterProcess.RunAsync("doctor", "--json", "--config", Write(file));

        Assert.Equal(1, run.ExitCode);
        var providers = JsonNode.Parse(run.Output)!["providers"]!.AsArray();
        Assert.True((bool)providers[0]!["ok"]!);
        Assert.False((bool)providers[1]!["ok"]!);
        Assert.Contains("127.0.0.1:9 cannot be reached", (string?)providers[1]!["remedy"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_NothingConfigured_TheSimulatedModelsAnswer()
    {
        var run = await RouterProcess.RunAsync(new RouterSurroundings(_folder.FullName), "doctor");

        Assert.Contains("ok    sim-thinking", run.Output, StringComparison.Ordinal);
        Assert.Empty(run.Error);
    }

    private string Write(RouterFile file)
    {
        var path = Path.Combine(_folder.FullName, "router.json");
        File.WriteAllText(path, file.ToString());
        return path;
    }
}
