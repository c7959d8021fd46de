using System.Runtime.CompilerServices;
using ServerlessRouter.Chat;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Caching;

/// <summary>
/// Gives the answer of an earlier request again where this one is the same: 1 a kept answer, 2 the answer of one that is under way, 3 what the rest of the pipeline answers, which is then kept.
/// Where neither the route nor the request wants a cache it is no more than a look at one header.
/// </summary>
internal sealed class CachingStage(AnswerCache cache, TimeProvider time) : IRequestStage
{
    public ValueTask<ChatOutcome> InvokeAsync(RequestContext context, NextRequestStage next, CancellationToken cancellationToken)
    {
        if (!CacheTerms.MayApply(context))
            return next(context, cancellationToken);
        if (CacheTerms.Read(context, out var terms) is { } badHeader)
            return new(new ChatOutcome.Failed(badHeader));
        var bypass = terms.Bypass;
        if (bypass is null && CacheKeyMaker.TryMake(context, terms.Model.Scope, out bypass) is { } key)
            return AnswerAsync(new CachedRequest(context, terms, key), next, cancellationToken);
        context.Cache = new CacheOutcome(CacheStatus.Bypass, bypass);
        return next(context, cancellationToken);
    }

    /// <summary>No frame of its own: most requests go on to ask, and each frame that waits for the answer costs.</summary>
    private ValueTask<ChatOutcome> AnswerAsync(in CachedRequest request, NextRequestStage next, CancellationToken cancellationToken)
    {
        var (context, terms, key) = request;
        if (terms.IsRefresh)
        {
            if (terms.Forgets)
                cache.Remove(context.Route, key);
            return AskAsync(request, CacheOutcome.Refreshed, flight: null, next, cancellationToken);
        }

        if (cache.Find(context.Route, key) is { } kept && terms.Accepts(kept, time.GetUtcNow()))
            return GiveAsync(context, kept, CacheStatus.Hit, cancellationToken);
        var flight = cache.Flights.Join(key, context.Route.Limits.FirstToken, out var isLeader);
        return flight is null || isLeader ? AskOrFindAsync(request, flight, next, cancellationToken) : FollowAsync(request, flight, next, cancellationToken);
    }

    private async ValueTask<ChatOutcome> FollowAsync(CachedRequest request, Flight followed, NextRequestStage next, CancellationToken cancellationToken)
    {
        var (flight, shared) = await JoinAsync(request, followed, cancellationToken);
        if (shared is not null)
            return await GiveAsync(request.Context, shared, CacheStatus.Shared, cancellationToken);
        return await AskOrFindAsync(request, flight, next, cancellationToken);
    }

    /// <summary>Waits for a request that is under way; answers with the flight that this one leads, if it does, or with the answer that came.</summary>
    private async ValueTask<(Flight? Flight, CachedAnswer? Shared)> JoinAsync(CachedRequest request, Flight followed, CancellationToken cancellationToken)
    {
        var (context, terms, key) = request;
        // Where the first one fails, one of those who waited asks for all of them, once.
        for (var (flight, hasAsked) = (followed, false); ; hasAsked = true)
        {
            if (await WaitAsync(flight, context, cancellationToken) is not { } end)
                return (null, null);
            if (end.Answer is { } answer && terms.Accepts(answer, time.GetUtcNow()))
                return (null, answer);
            if (!end.IsFailed || hasAsked)
                return (null, null);
            var next = cache.Flights.Join(key, context.Route.Limits.FirstToken, out var isLeader);
            if (next is null || isLeader)
                return (next, null);
            flight = next;
        }
    }

    /// <summary>Null when it took too long: a follower keeps half of its own time to ask by itself.</summary>
    private async ValueTask<FlightEnd?> WaitAsync(Flight flight, RequestContext context, CancellationToken cancellationToken)
    {
        // A header that is wrong is told of by dispatch.
        _ = RequestLimits.Read(context.Headers, context.Route.Limits, out var limits);
        var (patience, own) = (cache.Flights.TimeLeft(flight), (limits.Deadline - time.GetElapsedTime(context.ReceivedAt)) / 2);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var late = Task.Delay(own < patience ? Positive(own) : Positive(patience), time, over.Token);
        var first = await Task.WhenAny(flight.End, late).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return first == flight.End ? await flight.End.ConfigureAwait(false) : null;
    }

    private static TimeSpan Positive(TimeSpan span) => span > TimeSpan.Zero ? span : TimeSpan.Zero;

    /// <summary>Asks, unless the answer has come since: another instance may have it.</summary>
    private ValueTask<ChatOutcome> AskOrFindAsync(in CachedRequest request, Flight? flight, NextRequestStage next, CancellationToken cancellationToken)
    {
        var (context, terms, key) = request;
        // Between the look into memory and the join another flight may have landed.
        if (flight is not null && cache.Find(context.Route, key) is { } landed && terms.Accepts(landed, time.GetUtcNow()))
        {
            flight.Land(new FlightEnd(landed, IsFailed: false));
            return GiveAsync(context, landed, CacheStatus.Hit, cancellationToken);
        }

        return cache.IsShared ? AskOrFindSharedAsync(request, flight, next, cancellationToken) : AskAsync(request, CacheOutcome.Missed, flight, next, cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ChatOutcome> AskOrFindSharedAsync(CachedRequest request, Flight? flight, NextRequestStage next, CancellationToken cancellationToken)
    {
        var (context, terms, key) = request;
        var mayGoOn = false;
        try
        {
            if (await cache.FindSharedAsync(context.Route, key, cancellationToken) is { } found && terms.Accepts(found, time.GetUtcNow()))
            {
                flight?.Land(new FlightEnd(found, IsFailed: false));
                return await GiveAsync(context, found, CacheStatus.Hit, cancellationToken);
            }

            mayGoOn = true;
        }
        finally
        {
            if (!mayGoOn)
                flight?.Land(FlightEnd.Failed);
        }

        return await AskAsync(request, CacheOutcome.Missed, flight, next, cancellationToken);
    }

    /// <summary>Has the request answered, and keeps the answer.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ChatOutcome> AskAsync(CachedRequest request, CacheOutcome outcome, Flight? flight, NextRequestStage next, CancellationToken cancellationToken)
    {
        var context = request.Context;
        (context.Cache, context.IsAnswerKept) = (outcome, true);
        var isUnderWay = false;
        var end = FlightEnd.Failed;
        try
        {
            var answered = await next(context, cancellationToken);
            if (answered is ChatOutcome.Completed { Answer: var answer })
                end = Keep(request, new AnswerKeeping(context, request.Terms, time.GetUtcNow()).TryKeep(answer));
            if (answered is not ChatOutcome.Streaming { Stream: var stream })
                return answered;
            isUnderWay = true;
            return Captured(request, flight, stream);
        }
        finally
        {
            if (!isUnderWay)
                Land(flight, end, context);
        }
    }

    private ChatOutcome.Streaming Captured(CachedRequest request, Flight? flight, ChatStream stream) =>
        new(new CapturedStream(stream, request.Terms.Model.MaxEntryBytes, (stream, events) => End(request, flight, stream, events)));

    private static void Land(Flight? flight, FlightEnd end, RequestContext context)
    {
        if (flight is not null && end.Answer is null && context.Limits is { } limits)
            LandSettled(flight, end, limits);
        else
            flight?.Land(end);
    }

    /// <summary>Who goes on without an answer may need the place among the requests under way that this one holds until it is counted.</summary>
    private static void LandSettled(Flight flight, FlightEnd end, IRequestLimits limits) => limits.AfterSettling(() => flight.Land(end));

    private void End(CachedRequest request, Flight? flight, ChatStream stream, ReadOnlyMemory<byte>? events)
    {
        var end = events is { } whole ? Keep(request, new AnswerKeeping(request.Context, request.Terms, time.GetUtcNow()).TryKeep(stream, whole)) : FlightEnd.Failed;
        Land(flight, end, request.Context);
    }

    private FlightEnd Keep(CachedRequest request, CachedAnswer? answer)
    {
        if (answer is null)
            return FlightEnd.NotShared;
        cache.Put(request.Context.Route, request.Key, answer);
        return new FlightEnd(answer, IsFailed: false);
    }

    private async ValueTask<ChatOutcome> GiveAsync(RequestContext context, CachedAnswer answer, CacheStatus status, CancellationToken cancellationToken)
    {
        if (context.Limits is { } limits && await limits.CountAnsweredAsync(cancellationToken) is { } refusal)
            return new ChatOutcome.Failed(refusal);
        var now = time.GetUtcNow();
        context.Cache = new CacheOutcome(status, Answer: answer.Describe(now));
        return Replay.Give(answer, context, now);
    }
}

/// <summary>A request that the cache has a part in.</summary>
internal readonly record struct CachedRequest(RequestContext Context, CacheTerms Terms, CacheKey Key);
