using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Jobs;

/// <summary>What an orderly stop and a new start leave of batches, files and answers.</summary>
public sealed class RestartedBatchTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("router-restarted-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Batch_StoppedWithCallsInFlight_GoesOnAtOnceAfterTheStart()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        var file = new RouterFile().Upstream("mini", upstream).Route("auto", ["mini"]);
        upstream.Default(Reply.Text("never").HangAt(ReplyPoint.BeforeHeaders));
        string batch;
        await using (var router = await RunningRouter.StartAsync(file, _folder.FullName))
        {
            batch = await new JobClient(router.Client).CreateBatchAsync(JobClient.Lines(40));
            await upstream.WaitForRequestAsync(10);
        }

        upstream.Default(Reply.Text("Answered."));
        await using var restarted = await RunningRouter.StartAsync(file, _folder.FullName);
        var end = await new JobClient(restarted.Client).EndOfAsync($"v1/batches/{batch}");

        Assert.Equal("""{"total":40,"completed":40,"failed":0}""", end["request_counts"]!.ToJsonString());
        Assert.Equal(0, upstream.Books.InFlight);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Batch_Ended_IsThereAfterARestartOnlyWithAFolder(bool hasFolder)
    {
        await using var upstream = await FakeUpstream.StartAsync();
        var file = new RouterFile().Upstream("mini", upstream).Route("auto", ["mini"]);
        var path = hasFolder ? _folder.FullName : null;
        string batch, output;
        await using (var router = await RunningRouter.StartAsync(file, path))
        {
            var client = new JobClient(router.Client);
            batch = await client.CreateBatchAsync(JobClient.Lines(3));
            output = (string)(await client.EndOfAsync($"v1/batches/{batch}"))["output_file_id"]!;
        }

        await using var restarted = await RunningRouter.StartAsync(file, path);
        var after = new JobClient(restarted.Client);

        Assert.Equal(hasFolder ? 200 : 404, (int)(await after.GetAsync($"v1/batches/{batch}")).Status);
        if (hasFolder)
            Assert.Equal(3, (await after.ReadAsync(output)).Count);
    }
}
