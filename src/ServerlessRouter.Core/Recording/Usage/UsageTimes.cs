using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Recording.Usage;

/// <summary>How long live requests that were answered took, as far as that was observed; in seconds.</summary>
public sealed class UsageTimes
{
    /// <summary>From arrival to the end of the answer.</summary>
    public LogSketch Latency { get; } = new();

    /// <summary>From arrival to the first piece of a stream.</summary>
    public LogSketch FirstToken { get; } = new();

    /// <summary>The router's own part (<see cref="RequestTimes.Own"/>).</summary>
    public LogSketch Overhead { get; } = new();

    /// <summary>Answer tokens for each second of the call that answered.</summary>
    public LogSketch TokensPerSecond { get; } = new();

    /// <summary>Nothing was observed.</summary>
    internal bool IsEmpty => Latency.Count == 0 && FirstToken.Count == 0 && Overhead.Count == 0 && TokensPerSecond.Count == 0;

    /// <summary>Adds what others were observed to take.</summary>
    public void Add(UsageTimes other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Latency.Add(other.Latency);
        FirstToken.Add(other.FirstToken);
        Overhead.Add(other.Overhead);
        TokensPerSecond.Add(other.TokensPerSecond);
    }

    /// <summary>Whether a request's times tell anything: errors come early, and what is answered later has mostly slept.</summary>
    internal static bool AreToldBy(RequestContext context) => context is { Error: null, IsProbe: false, Recalled: null, ResumePoint: null } && context.SettledAt != 0;

    internal void Add(RequestContext context, TimeProvider time)
    {
        var times = RequestTimes.Of(context, time);
        Latency.Add(times.Total.TotalSeconds);
        Overhead.Add(times.Own.TotalSeconds);
        if (context.Answered is not { } answered)
            return;
        if (answered.FirstTokenAt != 0)
            FirstToken.Add(time.GetElapsedTime(context.ReceivedAt, answered.FirstTokenAt).TotalSeconds);
        if (answered.Usage.CompletionTokens > 0 && answered.EndedAt > answered.StartedAt)
            TokensPerSecond.Add(answered.Usage.CompletionTokens / time.GetElapsedTime(answered.StartedAt, answered.EndedAt).TotalSeconds);
    }
}
