namespace ServerlessRouter.Pipeline;

/// <summary>The time that an attempt has. It stands still while the attempt waits for room, because a deployment that was not asked is not slow.</summary>
public interface IAttemptClock
{
    /// <summary>What the request has left at most.</summary>
    TimeSpan Left { get; }

    void Stop();

    /// <summary>Begins the attempt's time anew, within what the request still has.</summary>
    /// <param name="waited">How long it stood still.</param>
    void Restart(TimeSpan waited);
}
