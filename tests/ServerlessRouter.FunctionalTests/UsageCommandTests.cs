using System.Globalization;
using System.Text.Json.Nodes;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests;

/// <summary>A person asks on the command line who used what: of a router that runs, and of the folder of one that does not.</summary>
public sealed class UsageCommandTests : IDisposable
{
    private const string AdminKey = "the-admin-s3cret-key";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("router-usage-command-");
    private readonly SecretVariable _admin = new(AdminKey);

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        _admin.Dispose();
    }

    [Fact]
    public async Task Usage_OfARunningRouterAndOfAFolder_PrintsTablesJsonAndCsv()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        upstream.Default(Reply.Text("Hello.").Usage(100, 10));
        var file = new RouterFile().Upstream("mini", upstream).Upstream("large", upstream).Route("auto", ["mini"]).ToString();
        await using (var router = await StartAsync(file))
        {
            for (var count = 0; count < 3; count++)
                await router.ChatAsync(ChatBodies.Plain());
        }

        string[] asleep = ["--data", Path.Combine(_folder.FullName, "data")];
        var table = await RunAsync(["usage", "--by", "model", "--last", "7d", .. asleep]);
        Assert.Matches(@"from +model +requests +failures", table);
        Assert.Matches(@"mini +3 +0", table);
        Assert.Contains("1 line, ", table, StringComparison.Ordinal);
        Assert.Contains("Nothing was used.", await RunAsync(["usage", "--only", "status=429", "--last", "24h", .. asleep]), StringComparison.Ordinal);
        Assert.Contains("--last must be a number", (await FailAsync(["usage", "--last", "7w", .. asleep])).Error, StringComparison.Ordinal);
        Assert.Contains("must be names out of", (await FailAsync(["usage", "--by", "color", .. asleep])).Error, StringComparison.Ordinal);

        await using var again = await StartAsync(file);
        string[] there = ["--url", again.Address.ToString()];
        var json = JsonNode.Parse(await RunAsync(["usage", "--by", "day,model,tag:team", "--baseline", "large", "--json", .. there]))!;
        var sum = Assert.Single(json["data"]!.AsArray())!;
        Assert.Equal((3, 300, 30), ((int)sum["requests"]!, (int)sum["prompt_tokens"]!, (int)sum["completion_tokens"]!));
        Assert.NotNull(sum["saved"]);
        Assert.True((double)sum["latency_p50"]! > 0, "No latency was told.");
        var csv = (await RunAsync(["usage", "--by", "minute,model", "--last", "60m", "--csv", .. there])).TrimEnd().Split("\r\n");
        Assert.StartsWith("from,to,model,requests,", csv[0], StringComparison.Ordinal);
        Assert.Equal(3, csv[1..].Sum(static line => int.Parse(line.Split(',')[3], CultureInfo.InvariantCulture)));
    }

    private static RouterSurroundings Surroundings => new() { Variables = [("ROUTER_ADMIN_KEY", AdminKey)] };

    private static async Task<string> RunAsync(string[] arguments)
    {
        var run = await RouterProcess.RunAsync(Surroundings, arguments);
        Assert.True(run.ExitCode == 0, $"{string.Join(' ', arguments)}: {run.Output}{run.Error}");
        return run.Output;
    }

    private static async Task<ProcessResult> FailAsync(string[] arguments)
    {
        var run = await RouterProcess.RunAsync(Surroundings, arguments);
        Assert.Equal(1, run.ExitCode);
        return run;
    }

    private async Task<RunningRouter> StartAsync(string configuration) => await RunningRouter.StartAsync(configuration, Path.Combine(_folder.FullName, "data"), _admin.Reference);
}
