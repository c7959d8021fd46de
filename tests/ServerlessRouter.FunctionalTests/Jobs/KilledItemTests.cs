using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Jobs;
using ServerlessRouter.Testing.Upstreams;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Jobs;

/// <summary>What counts against an item of a batch is what vendors did, not what killed the router.</summary>
public sealed class KilledItemTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("router-killed-");

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>A kill used to count as a try, so that behind twelve of them the first failure of the vendor was the item's last.</summary>
    [Fact]
    public async Task Item_InFlightAtAsManyKillsAsItHasTries_IsTriedAgainAfterTheVendorFails()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        var configuration = Path.Combine(_folder.FullName, "router.json");
        await File.WriteAllTextAsync(configuration, new RouterFile().Upstream("mini", upstream).Route("auto", ["mini"], """{"limits":{"attempts":1}}""").ToString());
        upstream.Default(Reply.Text("Never.").HangAt(ReplyPoint.BeforeHeaders));

        string? batch = null;
        for (var kill = 1; kill <= new JobOptions().MaxTries; kill++)
        {
            await using var router = await KillableRouter.StartAsync(configuration, _folder);
            batch ??= await router.Client.CreateBatchAsync(JobClient.Lines(1));
            await upstream.WaitForRequestAsync(kill);
        }

        upstream.Next(Reply.Status(503));
        upstream.Default(Reply.Text("Answered."));
        await using var last = await KillableRouter.StartAsync(configuration, _folder);
        var end = await last.Client.EndOfAsync($"v1/batches/{batch}");

        Assert.Equal("""{"total":1,"completed":1,"failed":0}""", end["request_counts"]!.ToJsonString());
    }
}
