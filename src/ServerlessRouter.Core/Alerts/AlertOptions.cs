using ServerlessRouter.Domain;

namespace ServerlessRouter.Alerts;

/// <summary>How alerts are kept, and how much of them there may be. Budgets may fill four fifths of each room; the last is kept for what else goes wrong.</summary>
public sealed record AlertOptions
{
    /// <summary>30 s: one read of a few rows, and what goes wrong is written down within half a minute.</summary>
    public static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(30);

    /// <summary>20 s: the store, slow.</summary>
    public static readonly TimeSpan DefaultTurnTimeout = TimeSpan.FromSeconds(20);

    /// <summary>5 minutes: figures of an alert that goes on are no older.</summary>
    public static readonly TimeSpan DefaultRefresh = TimeSpan.FromMinutes(5);

    /// <summary>How often instances look what is wrong. Default: <see cref="DefaultInterval"/>.</summary>
    public TimeSpan Interval { get; init; } = DefaultInterval;

    /// <summary>How long one look may take. Default: <see cref="DefaultTurnTimeout"/>.</summary>
    public TimeSpan TurnTimeout { get; init; } = DefaultTurnTimeout;

    /// <summary>How often the figures of an alert that goes on are written anew. Default: <see cref="DefaultRefresh"/>.</summary>
    public TimeSpan Refresh { get; init; } = DefaultRefresh;

    /// <summary>Alerts that may be open, or have ended a moment ago; further ones are logged and not kept.</summary>
    public int MaxCurrent { get; init; } = 500;

    /// <summary>Messages that may wait to be delivered; further ones are not sent, and the alert is kept all the same.</summary>
    public int MaxMessages { get; init; } = 2000;

    /// <summary>Signals that may wait for the store, each of another alert; further ones are dropped and counted.</summary>
    public int MaxWaiting { get; init; } = 1000;

    /// <summary>These options; throws <see cref="ArgumentException"/> with everything that cannot be.</summary>
    internal AlertOptions Validated()
    {
        new OptionsCheck(nameof(AlertOptions))
            .Wait(nameof(Interval), Interval)
            .Wait(nameof(TurnTimeout), TurnTimeout)
            .Span(nameof(Refresh), Refresh)
            .Count(nameof(MaxCurrent), MaxCurrent)
            .Count(nameof(MaxMessages), MaxMessages, min: 0)
            .Count(nameof(MaxWaiting), MaxWaiting)
            .Hold();
        return this;
    }
}
