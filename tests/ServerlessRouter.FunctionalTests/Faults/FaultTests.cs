using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Faults;

/// <summary>Plays every fault of the table: what the client sees, what is billed, what health learns.</summary>
public sealed class FaultTests : IAsyncLifetime
{
    private const int FailuresInRow = 5;
    private const string Quick = """ "firstTokenSeconds": 0.3, "deadlineSeconds": 3 """;

    private FakeUpstream _good = null!;

    public static TheoryData<string, bool> Scenarios(bool isFinal)
    {
        var rows = new TheoryData<string, bool>();
        foreach (var fault in FaultTable.All.Where(fault => fault.IsFinal == isFinal))
        {
            if (fault.Ways.HasFlag(Ways.Plain))
                rows.Add(fault.Name, false);
            if (fault.Ways.HasFlag(Ways.Streamed))
                rows.Add(fault.Name, true);
        }

        return rows;
    }

    public async Task InitializeAsync()
    {
        _good = await FakeUpstream.StartAsync();
        _good.Default(Reply.Text("Good, thank you.").Usage(50, 7));
    }

    public Task DisposeAsync() => _good.DisposeAsync().AsTask();

    [Theory, MemberData(nameof(Scenarios), false)]
    public async Task Chat_AnotherModelCanAnswer_TheClientSeesNothingElse(string name, bool stream)
    {
        await using var faulty = await Find(name).Upstream();
        await using var router = await RunningRouter.StartAsync(new RouterFile()
            .Upstream("faulty", faulty.Address).Upstream("good", _good)
            .Route("auto", ["faulty"], $$"""{ "fallbacks": ["good"], "limits": { {{Quick}} } }"""));

        var answer = await router.ChatAsync(ChatBodies.For(stream));

        Assert.Equal(200, (int)answer.Status);
        Assert.Equal("Good, thank you.", answer.Text);
        Assert.True(answer.IsWhole);
        Assert.Null(answer.Error);
        Assert.Equal("good", answer.Header("x-router-model"));
        Assert.Equal(2, answer.Attempts);
        Assert.Equal(await _good.BilledUsdAsync(), answer.CostUsd);
        Assert.Single(_good.Books.Requests);
    }

    [Theory, MemberData(nameof(Scenarios), true)]
    public async Task Chat_TheRequestIsAtFault_NobodyElseIsAsked(string name, bool stream)
    {
        var fault = Find(name);
        await using var faulty = await fault.Upstream();
        await using var router = await RunningRouter.StartAsync(new RouterFile()
            .Upstream("faulty", faulty.Address).Upstream("good", _good).Route("auto", ["faulty"], """{ "fallbacks": ["good"] }"""));

        AssertTold(fault, await router.ChatAsync(ChatBodies.For(stream)));

        Assert.Empty(_good.Books.Requests);
    }

    [Theory, MemberData(nameof(Scenarios), false), MemberData(nameof(Scenarios), true)]
    public async Task Chat_NobodyElseCanAnswer_TheClientIsToldAndHealthLearns(string name, bool stream)
    {
        var fault = Find(name);
        await using var faulty = await fault.Upstream();
        await using var router = await RunningRouter.StartAsync(new RouterFile()
            .Upstream("faulty", faulty.Address).Route("alone", ["faulty"], $$"""{ "limits": { "attempts": 1, {{Quick}} } }"""));
        Task<ClientAnswer> AskAsync() => router.ChatAsync(ChatBodies.For(stream, model: "alone"));

        AssertTold(fault, await AskAsync());

        switch (fault.Health)
        {
            case Lesson.OutLesson lesson:
                Assert.Equal(lesson.Seconds, SecondsOf(await router.ObstacleAsync("alone")), tolerance: 2.0);
                break;

            case Lesson.NoLesson:
                await Task.WhenAll(Enumerable.Range(0, FailuresInRow).Select(_ => AskAsync()));
                Assert.Null(await router.ObstacleAsync("alone"));
                break;

            default:
                await Task.WhenAll(Enumerable.Range(0, FailuresInRow - 2).Select(_ => AskAsync()));
                Assert.Null(await router.ObstacleAsync("alone"));
                await AskAsync();
                Assert.Equal(5, SecondsOf(await router.ObstacleAsync("alone")), tolerance: 2.0);
                break;
        }
    }

    private static Fault Find(string name) => FaultTable.All.Single(fault => fault.Name == name);

    private static void AssertTold(Fault fault, ClientAnswer answer)
    {
        Assert.Equal((fault.Status, fault.Code), ((int)answer.Status, answer.ErrorCode));
        Assert.Equal(fault.RetryAfterSeconds?.ToString(), answer.Header("Retry-After"));
        Assert.Equal(fault.MayBeRetried ? null : "false", answer.Header("x-should-retry"));
        Assert.Equal(1, answer.Attempts);
        if (fault.Says is { } words)
            Assert.Contains(words, answer.ErrorMessage, StringComparison.Ordinal);
        else
            Assert.DoesNotContain("The upstream answers", answer.ErrorMessage, StringComparison.Ordinal);
    }

    /// <summary>The seconds in "… the first opens in 5 s.".</summary>
    private static double SecondsOf(string? obstacle)
    {
        Assert.NotNull(obstacle);
        var words = obstacle.Split(' ');
        return double.Parse(words[^2]);
    }
}
