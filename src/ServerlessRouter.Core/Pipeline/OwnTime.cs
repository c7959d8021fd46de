namespace ServerlessRouter.Pipeline;

/// <summary>What of a request's time is the router's own: all of it without the time in which a vendor was at work.</summary>
public static class OwnTime
{
    private const int MaxOnStack = 16;

    /// <summary>From arrival to <paramref name="until"/>, without the time covered by calls to vendors, of which several may overlap.</summary>
    public static TimeSpan Of(RequestContext context, long until, TimeProvider time)
    {
        var sideCalls = context.HasSideCalls ? context.SideCalls : null;
        var count = context.Attempts.Count + (sideCalls?.Count ?? 0);
        Span<Stretch> stretches = count <= MaxOnStack ? stackalloc Stretch[count] : new Stretch[count];
        var known = Add(context.Attempts, stretches, 0, context, until);
        if (sideCalls is not null)
            known = Add(sideCalls, stretches, known, context, until);
        var own = time.GetElapsedTime(context.ReceivedAt, until) - time.GetElapsedTime(0, Covered(stretches[..known]));
        return own > TimeSpan.Zero ? own : TimeSpan.Zero;
    }

    /// <summary>Calls of steps before this one were made by another clock.</summary>
    private static int Add(List<AttemptContext> attempts, Span<Stretch> stretches, int known, RequestContext context, long until)
    {
        foreach (var attempt in attempts)
        {
            if (!attempt.WasSent || attempt.StartedAt < context.ReceivedAt)
                continue;
            stretches[known++] = new Stretch(attempt.StartedAt, attempt.EndedAt == 0 || attempt.EndedAt > until ? until : attempt.EndedAt);
        }

        return known;
    }

    private static long Covered(Span<Stretch> stretches)
    {
        stretches.Sort(static (left, right) => left.From.CompareTo(right.From));
        long covered = 0, reached = long.MinValue;
        foreach (var (from, to) in stretches)
        {
            var begin = Math.Max(from, reached);
            if (to <= begin)
                continue;
            covered += to - begin;
            reached = to;
        }

        return covered;
    }

    private readonly record struct Stretch(long From, long To);
}
