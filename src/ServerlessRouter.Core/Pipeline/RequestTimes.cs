namespace ServerlessRouter.Pipeline;

/// <summary>
/// How long a request took, and how much of that passed outside of the router: while at least one call to a vendor was under way (a stream's until its last piece was handed on, so that a slow
/// reader is no work of the router's), or while it waited on purpose, for room at a deployment or until one may be asked again. What runs side by side passes once.
/// </summary>
/// <param name="Total">From arrival to the settled end; until now where it has none.</param>
/// <param name="Outside">The part of it that passed outside.</param>
public readonly record struct RequestTimes(TimeSpan Total, TimeSpan Outside)
{
    /// <summary>The router's own part: reading, deciding, translating, checking, composing, and limits that ask the store.</summary>
    public TimeSpan Own => Total - Outside;

    /// <summary>The times of a live request. One that is answered later, in steps, has mostly slept, and has none that tell anything.</summary>
    public static RequestTimes Of(RequestContext context, TimeProvider time)
    {
        var end = context.SettledAt == 0 ? time.GetTimestamp() : context.SettledAt;
        var (outside, cursor) = (0L, context.ReceivedAt);
        // A handful of calls, in the order they ended: looking for the next one by one takes no list.
        while (Next(context, cursor, end) is { } next)
        {
            outside += next.To - next.From;
            cursor = next.To;
        }

        return new RequestTimes(time.GetElapsedTime(context.ReceivedAt, end), time.GetElapsedTime(0, outside));
    }

    /// <summary>The first call that is under way at or behind a moment, from then on.</summary>
    private static (long From, long To)? Next(RequestContext context, long cursor, long end)
    {
        (long From, long To)? first = null;
        foreach (var attempt in context.Attempts)
            first = Earlier(first, attempt, cursor, end);
        if (!context.HasSideCalls)
            return first;
        foreach (var asked in context.SideCalls)
            first = Earlier(first, asked, cursor, end);
        return first;
    }

    private static (long From, long To)? Earlier((long From, long To)? known, AttemptContext attempt, long cursor, long end)
    {
        if (!attempt.WasSent && attempt.WaitedFrom == 0)
            return known;
        var from = Math.Max(attempt.WaitedFrom == 0 ? attempt.StartedAt : attempt.WaitedFrom, cursor);
        var to = Math.Min(attempt.EndedAt == 0 ? end : attempt.EndedAt, end);
        return to <= from || from >= known?.From ? known : (from, to);
    }
}
