using System.Diagnostics;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Dispatch;

/// <summary>
/// How long a stream is waited for, read by read. Whatever comes is a sign of life and begins the time of silence anew; only content (text, reasoning, a part of a tool call) begins
/// the time without content anew. A caller who reads slowly takes nothing of either: they run while the upstream is waited for.
/// </summary>
/// <param name="limits">The route's.</param>
/// <param name="untilContent">How long the attempt may take to its first content, signs of life or not.</param>
/// <param name="untilDeadline">How much of the request's time was left when it began.</param>
/// <param name="startedAt">When it began.</param>
/// <param name="time">The clock.</param>
internal struct StreamClock(RouteLimits limits, TimeSpan untilContent, TimeSpan untilDeadline, long startedAt, TimeProvider time)
{
    /// <summary>More reads in a row than this without content are a flood, not signs of life.</summary>
    public const int MaxReadsWithoutContent = 16 * 1024;

    private StreamLimit _next;
    private TimeSpan _allowed;
    private TimeSpan _withoutContent;
    private long _contentBytes;
    private long _waitingSince;
    private int _readsWithoutContent;
    private bool _isFinished;

    /// <summary>Something has come.</summary>
    public bool HasMoved { get; private set; }

    /// <summary>A wait begins; answers how long it may last.</summary>
    public TimeSpan Begin(ChatStream upstream)
    {
        _waitingSince = time.GetTimestamp();
        var sinceStart = time.GetElapsedTime(startedAt, _waitingSince);
        if (_isFinished)
            Allow(StreamLimit.Usage, (limits.Stall < ChatStream.UsageGrace ? limits.Stall : ChatStream.UsageGrace) - _withoutContent);
        else if (!upstream.HasContent)
            Allow(StreamLimit.FirstToken, limits.FirstToken);
        else
            Allow(StreamLimit.Stall, limits.Stall);

        if (upstream.HasContent)
        {
            AllowAtMost(StreamLimit.Idle, limits.IdleOrDefault - _withoutContent);
            AllowAtMost(StreamLimit.Total, limits.Stream - sinceStart);
        }
        else
        {
            AllowAtMost(untilContent < untilDeadline ? StreamLimit.Attempt : StreamLimit.Deadline, untilContent - sinceStart);
        }

        return _allowed;
    }

    /// <summary>The wait is over.</summary>
    public void End() => _withoutContent += time.GetElapsedTime(_waitingSince);

    /// <summary>A read has come to something. Answers with the failure where the stream goes on for too long without a wait: a flood, or one whose every piece is there at once.</summary>
    public AttemptFailure? Moved(ChatStream upstream)
    {
        HasMoved = true;
        _readsWithoutContent++;
        if (upstream.ContentBytes > _contentBytes || (upstream.HasFinished && !_isFinished))
        {
            _contentBytes = upstream.ContentBytes;
            _isFinished = upstream.HasFinished;
            _withoutContent = TimeSpan.Zero;
            _readsWithoutContent = 0;
        }

        if (_readsWithoutContent > MaxReadsWithoutContent)
            return new AttemptFailure(upstream.HasContent ? FailureKind.CutAfterCommit : FailureKind.CutBeforeCommit, $"The provider sent {_readsWithoutContent} pieces without any content.");
        if (!upstream.HasContent || time.GetElapsedTime(startedAt) <= limits.Stream)
            return null;
        _next = StreamLimit.Total;
        return TimedOut(FailureKind.StalledAfterCommit);
    }

    /// <summary>What ended the wait that was allowed last. <paramref name="stalled"/> is the kind of a stream that had begun.</summary>
    public readonly AttemptFailure TimedOut(FailureKind stalled) => _next switch
    {
        StreamLimit.FirstToken => HasMoved
            ? new(stalled, $"The stream was silent for {Seconds(limits.FirstToken)} before any content (firstTokenSeconds).")
            : new(FailureKind.FirstTokenTimeout, $"No answer came for {Seconds(limits.FirstToken)} (firstTokenSeconds)."),
        StreamLimit.Attempt => new(
            HasMoved ? stalled : FailureKind.FirstTokenTimeout, $"The stream showed signs of life but no content for {Seconds(untilContent)} (attemptSeconds)."),
        StreamLimit.Deadline => OutOfTime(untilContent),
        StreamLimit.Stall => new(stalled, $"The stream did not move for {Seconds(limits.Stall)} (stallSeconds)."),
        StreamLimit.Idle => new(stalled, $"The stream showed signs of life but no content for {Seconds(limits.IdleOrDefault)} (idleSeconds)."),
        // The owner's bound, not the vendor's fault.
        StreamLimit.Total => new(FailureKind.DeadlinePassed, $"The stream did not end within {Seconds(limits.Stream)} (streamSeconds)."),
        StreamLimit.Usage => throw new UnreachableException("a stream that has finished is whole"),
    };

    /// <summary>What is told of an attempt that the request's own time cut short.</summary>
    public static AttemptFailure OutOfTime(TimeSpan left) => new(FailureKind.DeadlinePassed, $"The time that was left of the request's, {Seconds(left)}, passed (deadlineSeconds).");

    /// <summary>A span as messages tell it.</summary>
    public static string Seconds(TimeSpan span) => $"{span.TotalSeconds:0.###} s";

    private void Allow(StreamLimit limit, TimeSpan span) => (_next, _allowed) = (limit, span > TimeSpan.Zero ? TimerSpan.RoundUp(span) : TimeSpan.Zero);

    private void AllowAtMost(StreamLimit limit, TimeSpan span)
    {
        if (span < _allowed)
            Allow(limit, span);
    }
}

/// <summary>What can end a stream that is waited for.</summary>
internal enum StreamLimit
{
    /// <summary>Silence before any content: <c>firstTokenSeconds</c>.</summary>
    FirstToken,

    /// <summary>Signs of life and no content yet, while another could be asked: <c>attemptSeconds</c>.</summary>
    Attempt,

    /// <summary>No content before the request's time was over: <c>deadlineSeconds</c>.</summary>
    Deadline,

    /// <summary>Silence behind content: <c>stallSeconds</c>.</summary>
    Stall,

    /// <summary>Signs of life behind content and no more of it: <c>idleSeconds</c>.</summary>
    Idle,

    /// <summary>No end: <c>streamSeconds</c>.</summary>
    Total,

    /// <summary>Nothing more behind the finish reason, where a chunk of usage may follow.</summary>
    Usage,
}
