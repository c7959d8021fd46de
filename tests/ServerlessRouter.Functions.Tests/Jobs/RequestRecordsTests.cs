using System.Text.Json;
using ServerlessRouter.Configuration;
using ServerlessRouter.Dispatch;
using ServerlessRouter.Errors;
using ServerlessRouter.Jobs.Steps;
using ServerlessRouter.Pipeline;
using Xunit;

namespace ServerlessRouter.Functions.Tests.Jobs;

/// <summary>What orchestrations pass around comes through Durable as it went in, whichever of its serializers is at work.</summary>
public sealed class RequestRecordsTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly DispatchHistory History = new()
    {
        Since = Now.AddHours(-1),
        Candidates = [new DispatchCandidate(8000, 2, 0.25m), new DispatchCandidate(16000, 1, 1.5m)],
        Limits = new RouteLimits(5, TimeSpan.FromDays(1), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(20), 3.75m),
        Cascade = new CascadeBounds(2, TimeSpan.FromDays(1), 2.5m),
        MovesOnAfterContentFilter = true,
        GivesKept = true,
        MaxAttemptTime = TimeSpan.FromMinutes(2),
        SpentUsd = 0.0000001234m,
        Attempts =
        [
            new AttemptFact { Candidate = 0, Deployment = 1, Choice = DeploymentChoice.Fresh, Failure = FailureKind.RateLimited, RetryAfter = TimeSpan.FromHours(3), OthersUntried = 1, EndedAfter = TimeSpan.FromSeconds(1.5), Jitter = 0.123456789 },
            new AttemptFact { Candidate = 1, Deployment = 0, Choice = DeploymentChoice.LeastBad, AwaitsCheck = true, KeptFallbackScore = 0.5, EndedAfter = TimeSpan.FromSeconds(2), Jitter = 0.9 },
        ],
    };

    public static TheoryData<string> Serializers => ["plain", "durable", "worker"];

    [Theory]
    [MemberData(nameof(Serializers))]
    public void State_ThereAndBack_IsTheSameAndDecidesTheSame(string serializer)
    {
        var state = new RequestState { JobId = "job_1", Number = 7, NotBefore = Now.AddMinutes(3), History = History };

        var back = Through(state, serializer);

        Assert.Equal((state.JobId, state.Number, state.IsOver, state.NotBefore), (back.JobId, back.Number, back.IsOver, back.NotBefore));
        Assert.Equal(History with { Candidates = [], Attempts = [] }, back.History! with { Candidates = [], Attempts = [] });
        Assert.Equal(History.Candidates.AsEnumerable(), back.History!.Candidates);
        Assert.Equal(History.Attempts.AsEnumerable(), back.History!.Attempts);
        Assert.Equal(state.Next(Now), back.Next(Now));
        Assert.Equal(state.Next(Now.AddHours(1)), back.Next(Now.AddHours(1)));
    }

    [Theory]
    [MemberData(nameof(Serializers))]
    public void Order_ThereAndBack_IsTheSame(string serializer)
    {
        var step = new DispatchStep
        {
            Kind = DispatchStepKind.Attempt, Candidate = 1, Choice = DeploymentChoice.SameAgain, Deployment = 2, Reason = AttemptReason.SameAgain, Within = TimeSpan.FromSeconds(12.5), IsChecked = true,
            Checked = 3, Accepted = 4, Ending = CascadeEnding.HeldBackOutOfMoney, Error = RouterErrorCode.CapacityExhausted, Blamed = 1, RetryAfter = TimeSpan.FromMinutes(10), ShouldRetry = true,
        };
        var order = new RequestOrder("job_1", 3, step);

        Assert.Equal(order, Through(order, serializer));
    }

    private static T Through<T>(T record, string serializer)
    {
        var options = serializer switch
        {
            // What Microsoft.DurableTask's own converter and the worker's serializer set.
            "durable" => new JsonSerializerOptions { IncludeFields = true },
            "worker" => new JsonSerializerOptions { PropertyNameCaseInsensitive = true },
            _ => new JsonSerializerOptions(),
        };
        return JsonSerializer.Deserialize<T>(JsonSerializer.Serialize(record, options), options)!;
    }
}
