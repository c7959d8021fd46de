using ServerlessRouter.Configuration;

namespace ServerlessRouter.Alerts;

/// <summary>A part of the router that looks, at every turn, what is wrong and what is no longer.</summary>
internal interface IAlertSource
{
    /// <summary>Tells what it sees; also what was said before, while it lasts. May read the store, a few rows at most.</summary>
    ValueTask LookAsync(AlertTurn turn, CancellationToken cancellationToken);
}

/// <summary>One turn of looking: what there is, and what is told now.</summary>
/// <param name="board">The alerts there are.</param>
/// <param name="now">UTC.</param>
internal sealed class AlertTurn(AlertBoard board, DateTimeOffset now)
{
    private readonly Dictionary<(AlertType, string), AlertSignal?> _told = [];

    public AlertBoard Board => board;

    public DateTimeOffset Now => now;

    /// <summary>What is told: null for what has ended.</summary>
    public IReadOnlyDictionary<(AlertType Type, string Subject), AlertSignal?> Told => _told;

    /// <summary>Something is wrong.</summary>
    public void Raise(AlertSignal signal) => _told[(signal.Type, signal.Subject)] = signal;

    /// <summary>It is no longer.</summary>
    public void End(AlertType type, string subject)
    {
        if (board.Find(type, subject) is { IsOpen: true })
            _told[(type, subject)] = null;
    }
}
