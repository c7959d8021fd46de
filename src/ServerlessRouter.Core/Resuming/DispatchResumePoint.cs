using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Dispatch;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Resuming;

/// <summary>Where dispatch goes on: the history so far and the one step to carry out; afterwards what the step has added. The first time there is no step, the request is only planned.</summary>
public sealed class DispatchResumePoint : ResumePoint
{
    private DispatchHistory? _history;
    private DispatchStep? _step;

    private DispatchResumePoint()
    {
    }

    /// <summary>The facts of this round; the step adds its own.</summary>
    public List<AttemptFact> Facts { get; private init; } = [];

    /// <summary>Before a check or an acceptance the kept answer it is about; after an attempt the answer that must be kept until it is checked. The driver of the request disposes of it.</summary>
    public ChatAnswer? Answer { get; set; }

    /// <summary>What planning began and later steps go on with.</summary>
    public DispatchHistory History => _history ?? throw new InvalidOperationException("the request is not planned yet");

    /// <summary>The request is planned, so that there is a history.</summary>
    public bool HasBegun => _history is not null;

    public override bool MakesCall => _step is { Kind: DispatchStepKind.Attempt };

    internal DispatchStep Step => _step!.Value;

    private TimeSpan MaxAttemptTime { get; init; }

    private TimeSpan Deadline { get; init; }

    private DateTimeOffset Since { get; init; }

    /// <summary>The request is still to be planned.</summary>
    /// <param name="since">When the request was left to be answered.</param>
    /// <param name="deadline">How long it may take in all, in place of its route's deadline.</param>
    /// <param name="maxAttemptTime">The longest one attempt may take; the route's own deadline may be shorter.</param>
    public static DispatchResumePoint First(DateTimeOffset since, TimeSpan deadline, TimeSpan maxAttemptTime) =>
        new() { Since = since, Deadline = deadline, MaxAttemptTime = maxAttemptTime };

    /// <summary>A step is to be carried out; <paramref name="answer"/> is the kept answer that a check or an acceptance is about.</summary>
    public static DispatchResumePoint Of(FrozenPlan plan, int roundAt, DispatchHistory history, DispatchStep step, ChatAnswer? answer) => new()
    {
        Plan = plan,
        RoundAt = roundAt,
        Facts = [.. history.Attempts],
        Answer = answer,
        Since = history.Since,
        Deadline = history.Limits.Deadline,
        MaxAttemptTime = history.MaxAttemptTime,
        _history = history,
        _step = step,
    };

    /// <summary>The request has ended without a step of its own and is only settled.</summary>
    public static DispatchResumePoint Ended(RouterError error) => new() { Ending = error };

    /// <summary>Begins the history of a request that has just been planned. No client waits for the answer, so the cascade's time is the request's.</summary>
    internal void Begin(RequestContext context, RouteLimits limits)
    {
        var longest = limits.Deadline < MaxAttemptTime ? limits.Deadline : MaxAttemptTime;
        _history = new DispatchHistory
        {
            Since = Since,
            Candidates = [.. context.Plan.Candidates.Select(planned => DispatchCandidate.WithCost(planned, context.Request))],
            // An attempt that had all the time one may have was too slow; the request itself has time left.
            Limits = limits with { Deadline = Deadline, FirstToken = limits.FirstToken < longest ? limits.FirstToken : longest },
            Cascade = context.Plan.Cascade is { CanClimb: true } cascade ? new CascadeBounds(cascade.Steps, Deadline, cascade.Model.CostUsd) : null,
            MovesOnAfterContentFilter = context.Route.MovesOnAfterContentFilter,
            MaxAttemptTime = longest,
            SpentUsd = context.SpentUsd,
            Attempts = [],
        };
    }

    /// <summary>Lends the kept answer to the cascade, which gives it or disposes of it.</summary>
    internal void HandOver(CascadeRun cascade)
    {
        if (Answer is not { } answer)
            return;
        cascade.Keep(Step.Kind == DispatchStepKind.Check ? Step.Checked : Step.Accepted, new ChatOutcome.Completed(answer));
        Answer = null;
    }

    /// <summary>The kept answer as it is, where the cascade that would check it is no longer configured.</summary>
    internal ChatOutcome GiveUnchecked(RequestContext context)
    {
        var answer = Answer ?? throw new InvalidOperationException("no kept answer came with the step");
        Answer = null;
        context.Answered = context.Attempts[RoundAt + (Step.Kind == DispatchStepKind.Check ? Step.Checked : Step.Accepted)];
        return new ChatOutcome.Completed(answer);
    }
}
