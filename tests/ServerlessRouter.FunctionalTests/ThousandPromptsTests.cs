using System.Collections.Concurrent;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Diagnostics;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests;

/// <summary>A thousand prompts while one vendor fails half its calls and another never answers: no client notices.</summary>
[Collection(nameof(Alone))]
public sealed class ThousandPromptsTests
{
    private const int Prompts = 1000;
    private const int Parallelism = 32;

    // A breaker opens after five failures in a row; what is on its way by then, and a probe every few seconds, comes on top.
    private const int MaxCallsToTheHanging = Parallelism + 40;

    [Fact]
    public async Task Chat_OneVendorFailsHalfAndOneHangs_AThousandAnswersAndTheBooksAgree()
    {
        using var unobserved = UnobservedTasks.Watch();
        await using var failing = await FakeUpstream.StartAsync();
        await using var hanging = await FakeUpstream.StartAsync();
        await using var good = await FakeUpstream.StartAsync();
        failing.Default(FailsEveryOther);
        hanging.Default(Reply.Text("never").HangAt(ReplyPoint.BeforeHeaders));
        await using var router = await RunningRouter.StartAsync(new RouterFile()
            .Upstream("failing", failing).Upstream("hanging", hanging).Upstream("good", good)
            .Route("auto", ["failing", "hanging", "good"], """{ "limits": { "firstTokenSeconds": 1, "deadlineSeconds": 10 } }"""));
        var answers = new ConcurrentBag<(string Prompt, ClientAnswer Answer)>();

        await Parallel.ForEachAsync(Enumerable.Range(0, Prompts), new ParallelOptions { MaxDegreeOfParallelism = Parallelism }, async (number, _) =>
        {
            var prompt = SamplePrompts.All[number % SamplePrompts.All.Length];
            answers.Add((prompt, await router.ChatAsync(ChatBodies.For(stream: number % 2 == 0, prompt))));
        });

        Assert.Equal(Prompts, answers.Count);
        Assert.All(answers, item =>
        {
            Assert.Equal(200, (int)item.Answer.Status);
            Assert.Null(item.Answer.Error);
            Assert.True(item.Answer.IsWhole);
            Assert.Equal($"Echo: {item.Prompt}", item.Answer.Text);
        });
        Assert.Equal(Prompts / 2, answers.Count(item => item.Answer.IsStream));
        Assert.Contains(answers, item => item.Answer.Header("x-router-model") == "failing");
        Assert.Contains(answers, item => item.Answer.Attempts > 1);
        Assert.InRange(hanging.Books.Requests.Count, 1, MaxCallsToTheHanging);

        await AssertBooksAgreeAsync(answers.Sum(item => item.Answer.CostUsd), failing, hanging, good);
        unobserved.AssertNone();
    }

    private static Reply FailsEveryOther(UpstreamRequest request)
    {
        var answer = Reply.Text($"Echo: {(string?)request.Json!["messages"]![0]!["content"]}");
        return (request.Number % 8) switch
        {
            1 => Reply.Status(503),
            3 => answer.CutAt(ReplyPoint.BeforeFirstToken, CutManner.Close),
            5 => answer.ResetAt(ReplyPoint.AfterHeaders),
            7 => Reply.RateLimited(),
            _ => answer,
        };
    }

    /// <summary>
    /// The callers paid for every answer whose usage a vendor reported, to the last digit. Beyond that a vendor's books only hold prompts of answers that it cut before a
    /// single token: of those it told no one what they cost.
    /// </summary>
    private static async Task AssertBooksAgreeAsync(decimal paidUsd, params FakeUpstream[] vendors)
    {
        await Testing.Eventually.HoldsAsync(() => vendors.All(vendor => vendor.Books.InFlight == 0), "every vendor to have ended its answers");
        var lines = vendors.SelectMany(vendor => vendor.Books.Answers).ToList();

        Assert.Equal(lines.Where(line => line.ReportedUsage).Sum(line => line.CostUsd), paidUsd);
        Assert.All(lines.Where(line => !line.ReportedUsage), line => Assert.Equal(0, line.Billed.CompletionTokens));
    }
}
