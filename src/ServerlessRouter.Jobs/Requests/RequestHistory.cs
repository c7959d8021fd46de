using System.Collections.Immutable;
using System.Text.Json;
using ServerlessRouter.Configuration;
using ServerlessRouter.Dispatch;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Jobs.Requests;

/// <summary>What the turns of a single request have decided and seen so far. It stands in the item's row, so each turn adds to it by compare-and-swap, and a turn that comes twice finds it moved on.</summary>
public sealed record RequestHistory
{
    /// <summary>No further round is begun that could make more: a row has room for these.</summary>
    internal const int MaxAttempts = 100;

    /// <summary>Turns that are settled, new rounds among them; a step decided for another number is out of date.</summary>
    public required int Number { get; init; }

    public required FrozenPlan Plan { get; init; }

    public required DispatchHistory History { get; init; }

    /// <summary>Where the attempts of this round begin.</summary>
    public required int RoundAt { get; init; }

    /// <summary>The attempts of all rounds in order.</summary>
    public required ImmutableArray<AttemptTrace> Attempts { get; init; }

    public required ImmutableArray<AttemptTrace> SideCalls { get; init; }

    public static RequestHistory Read(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, RequestHistoryJson.Default.RequestHistory)!;

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, RequestHistoryJson.Default.RequestHistory);

    /// <summary>There is room, and money, for another round's attempts.</summary>
    internal bool HasRoom => (History.Limits.CostUsd is not { } most || History.SpentUsd < most) && Attempts.Length + History.Limits.Attempts + History.Candidates.Length + DispatchCore.MaxRefusals <= MaxAttempts;

    /// <summary>From the first candidate again, on the same plan; what was spent stays spent.</summary>
    internal RequestHistory NextRound() => this with { Number = Number + 1, RoundAt = Attempts.Length, History = History with { Attempts = [] } };

    /// <summary>To give the answer that is kept back in place of the step decided last; null where none is, or where that was tried already.</summary>
    internal RequestHistory? GivingKept() => History is { HasKept: true, GivesKept: false } ? this with { Number = Number + 1, History = History with { GivesKept = true } } : null;

    /// <summary>The attempt of this round at a position among the facts.</summary>
    internal AttemptTrace AttemptAt(int position) => Attempts[RoundAt + position];

    /// <summary>The step by the positions of today's configuration; null when the deployment it asks again is no longer there.</summary>
    internal DispatchStep? Translate(DispatchStep step, ModelLookup models)
    {
        if (step.Kind != DispatchStepKind.Attempt || step.Deployment == AttemptFact.NoDeployment)
            return step;
        var asked = History.Attempts.LastIndexOf(History.Attempts.Last(fact => fact.Candidate == step.Candidate && fact.Deployment == step.Deployment));
        var id = AttemptAt(asked).Deployment;
        return models.Find(Plan.Candidates[step.Candidate].Model).Deployments.FirstOrDefault(deployment => deployment.Id == id) is { } today
            ? step with { Deployment = today.Index }
            : null;
    }

    /// <summary>The deployment that was to be asked again is no longer configured: a fact like any other, so that the decision goes on without it.</summary>
    internal RequestHistory WithoutDeployment(DispatchStep step, TimeSpan elapsed) => this with
    {
        Number = Number + 1,
        History = History with
        {
            Attempts = History.Attempts.Add(new AttemptFact
            {
                Candidate = step.Candidate, Deployment = step.Deployment, Choice = step.Choice, Failure = FailureKind.NoDeployment, EndedAfter = elapsed, Jitter = 0,
            }),
        },
        Attempts = Attempts.Add(new AttemptTrace
        {
            Model = Plan.Candidates[step.Candidate].Model,
            Choice = step.Choice,
            Reason = step.Reason,
            StartedAfter = elapsed,
            EndedAfter = elapsed,
            WasSent = false,
            Usage = default,
            CostUsd = 0,
            Failure = FailureKind.NoDeployment,
            Detail = "The deployment that was to be asked again is no longer configured.",
        }),
    };
}
