using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Dispatch;

/// <summary>Drives <see cref="DispatchCore"/> for a live request: asks it for the next step until one of them answers. No stage stands behind this one.</summary>
internal sealed class DispatchStage(DispatchSteps steps, AnswerCheckTable checks, HedgeController hedging, TimeProvider time) : IRequestStage
{
    private const int MaxCandidatesOnStack = 32;

    public ValueTask<ChatOutcome> InvokeAsync(RequestContext context, NextRequestStage next, CancellationToken cancellationToken)
    {
        if (RequestLimits.Read(context.Headers, context.Route.Limits, out var limits) is { } badHeader)
            return new(new ChatOutcome.Failed(badHeader));
        return context.Plan.Cascade is { CanClimb: true } cascade
            ? ClimbAsync(context, limits, cascade, cancellationToken)
            : DriveAsync(context, new DispatchRun(limits, null), cancellationToken);
    }

    private async ValueTask<ChatOutcome> ClimbAsync(RequestContext context, RouteLimits limits, CascadePlan plan, CancellationToken cancellationToken)
    {
        await using var cascade = new CascadeRun(context, plan.Model, CascadeRun.BoundsOf(plan, limits), checks.Of(plan.Model), time);
        return await DriveAsync(context, new DispatchRun(limits, cascade), cancellationToken).ConfigureAwait(false);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ChatOutcome> DriveAsync(RequestContext context, DispatchRun run, CancellationToken cancellationToken)
    {
        var mayHedge = hedging.Allows(context);
        while (true)
        {
            var now = time.GetTimestamp();
            if (await steps.CarryOutAsync(context, run, Next(context, run, mayHedge, now), now, cancellationToken).ConfigureAwait(false) is { } outcome)
                return outcome;
        }
    }

    private DispatchStep Next(RequestContext context, DispatchRun run, bool mayHedge, long now)
    {
        var planned = context.Plan.Candidates;
        Span<DispatchCandidate> candidates = planned.Length <= MaxCandidatesOnStack
            ? stackalloc DispatchCandidate[planned.Length]
            : new DispatchCandidate[planned.Length];
        for (var place = 0; place < planned.Length; place++)
            candidates[place] = run.Cascade is null && !mayHedge ? DispatchCandidate.Of(planned[place], context.Request) : DispatchCandidate.WithCost(planned[place], context.Request);

        return DispatchCore.Next(new DispatchState
        {
            Candidates = candidates,
            Limits = run.Limits,
            Cascade = run.Cascade?.Bounds,
            MayHedge = mayHedge,
            MovesOnAfterContentFilter = context.Route.MovesOnAfterContentFilter,
            IsStream = context.Request.IsStream,
            Elapsed = time.GetElapsedTime(context.ReceivedAt, now),
            SpentUsd = context.SpentUsd,
            Attempts = CollectionsMarshal.AsSpan(run.Facts),
        });
    }
}

/// <summary>What the steps of one request share.</summary>
internal sealed class DispatchRun(RouteLimits limits, CascadeRun? cascade)
{
    public RouteLimits Limits => limits;

    public CascadeRun? Cascade => cascade;

    /// <summary>What came of the attempts of this round, in the order they ended; null before the first.</summary>
    public List<AttemptFact>? Facts { get; set; }

    /// <summary>Since when it waits until a deployment may be asked again; 0 while it does not.</summary>
    public long WaitedFrom { get; set; }
}
