using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Chance;
using ServerlessRouter.Testing.Upstreams;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Jobs;

/// <summary>A batch survives the sudden death of its process, at any point and again and again.</summary>
public sealed class KilledBatchTests : IDisposable
{
    private const int Items = 200;
    private const int Kills = 20;
    private const int MaxAnswersBetweenKills = 9;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("router-killed-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(1)]
    public async Task Batch_ProcessKilledTwentyTimes_EveryItemIsAnsweredOnceAndBilledOnce(int seed)
    {
        var points = new SeededRandomSource(seed);
        var answer = Reply.Text("Answered.").Usage(10, 5);
        await using var upstream = await FakeUpstream.StartAsync();
        var configuration = Path.Combine(_folder.FullName, "router.json");
        await File.WriteAllTextAsync(configuration, new RouterFile().Upstream("mini", upstream).Route("auto", ["mini"]).ToString());

        string? batch = null;
        for (var kill = 0; kill < Kills; kill++)
        {
            // So many calls are answered, and those behind them hang: some items are settled when the kill comes, some half settled, and the others are in flight.
            var answered = 1 + points.Next(MaxAnswersBetweenKills);
            var before = AnsweredBy(upstream);
            upstream.Default(answer.HangAt(ReplyPoint.BeforeHeaders));
            upstream.Next([.. Enumerable.Repeat(answer, answered)]);

            await using var router = await KillableRouter.StartAsync(configuration, _folder);
            batch ??= await router.Client.CreateBatchAsync(JobClient.Lines(Items));
            await Eventually.HoldsAsync(() => AnsweredBy(upstream) >= before + answered, "the calls before the kill");
            await Task.Delay(TimeSpan.FromMilliseconds(points.Next(20)), TimeProvider.System);
        }

        upstream.Default(answer);
        await using var last = await KillableRouter.StartAsync(configuration, _folder);
        var end = await last.Client.EndOfAsync($"v1/batches/{batch}");

        Assert.Equal("completed", (string?)end["status"]);
        Assert.Equal($$"""{"total":{{Items}},"completed":{{Items}},"failed":0}""", end["request_counts"]!.ToJsonString());
        var answers = await last.Client.ReadAsync((string)end["output_file_id"]!);
        Assert.Equal(Enumerable.Range(0, Items).Select(static number => $"r-{number}"), answers.Select(static line => (string)line["custom_id"]!));
        Assert.Null((string?)end["error_file_id"]);
        // One call's price for each item; calls that a kill cut off were made again and are on no bill.
        Assert.Equal(Items * upstream.Books.Answers[0].CostUsd, (decimal)end["usage"]!["cost"]!);
        Assert.Equal((Items * 10, Items * 5), ((int)end["usage"]!["input_tokens"]!, (int)end["usage"]!["output_tokens"]!));
        // And so says the books' page, by tokens and money.
        var (_, usage) = await last.Client.GetAsync("v1/usage?group_by=route,model");
        var sum = Assert.Single(usage!["data"]!.AsArray())!;
        Assert.Equal(("auto", "mini", Items, 0), ((string?)sum["route"], (string?)sum["model"], (int)sum["requests"]!, (int)sum["failures"]!));
        Assert.Equal((Items * 10, Items * 5), ((int)sum["prompt_tokens"]!, (int)sum["completion_tokens"]!));
        Assert.Equal((decimal)end["usage"]!["cost"]!, (decimal)sum["cost"]!);
        Assert.True(upstream.Books.Requests.Count > Items, "No kill hit a call in flight.");
    }

    private static int AnsweredBy(FakeUpstream upstream) => upstream.Books.Answers.Count(static answer => answer.End == AnswerEnd.Completed);
}
