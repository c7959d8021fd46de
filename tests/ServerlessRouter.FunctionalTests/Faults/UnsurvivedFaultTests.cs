using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Time;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Faults;

/// <summary>Plays every fault with no other model to ask: what the client is told, and what health learns.</summary>
public sealed class UnsurvivedFaultTests
{
    private const int FailuresInRow = 5;

    [Theory, MemberData(nameof(FaultTable.Scenarios), MemberType = typeof(FaultTable))]
    public async Task Chat_NoOtherModelCanAnswer_TheClientIsToldAndHealthLearns(string name, bool stream)
    {
        var fault = FaultTable.Find(name);
        await using var faulty = await fault.Upstream();
        // Silence is waited for; for everything else the clock stands still.
        var limits = $""" "firstTokenSeconds": 0.3, "deadlineSeconds": {(stream ? 10 : 2)} """;
        await using var router = await RunningRouter.StartAsync(new RouterFile()
            .Upstream("faulty", faulty.Address).Route("alone", ["faulty"], $$"""{ "limits": { "attempts": 1, {{limits}} } }"""), time: fault.IsSilent ? TimeProvider.System : new ManualTimeProvider());
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
