using System.Threading.Channels;

namespace ServerlessRouter.Background;

/// <summary>A piece of work that is done again and again: bounded in time, safe to repeat, and allowed to fail until its next turn.</summary>
/// <param name="name">Names it in logs; unique among the steps of one <see cref="BackgroundWork"/>.</param>
/// <param name="interval">From one turn to the next; the first comes an interval after the start.</param>
/// <param name="timeout">How long one turn may take.</param>
/// <param name="run">One turn.</param>
public sealed class PeriodicStep(string name, TimeSpan interval, TimeSpan timeout, Func<CancellationToken, ValueTask> run)
{
    private readonly Channel<bool> _turns = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public string Name { get; } = name;

    public TimeSpan Interval { get; } = interval;

    public TimeSpan Timeout { get; } = timeout;

    /// <summary>One more turn comes when the work ends, so that what is only in memory reaches the store.</summary>
    public bool RunsLast { get; init; }

    /// <summary>Asks for a turn now; any number of calls before it begins make one.</summary>
    public void Wake() => _turns.Writer.TryWrite(true);

    internal ValueTask RunAsync(CancellationToken cancellationToken) => run(cancellationToken);

    /// <summary>Waits until a turn is due or asked for.</summary>
    internal async ValueTask NextAsync(CancellationToken cancellationToken) => await _turns.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
}
