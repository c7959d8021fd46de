namespace ServerlessRouter.Functions.Tests.Jobs;

/// <summary>Something an orchestration asked for: an activity, a sub-orchestration or a timer, and its result once there is one.</summary>
internal sealed class ReplayedAction(string name, object? input)
{
    public string Name => name;

    public object? Input => input;

    public bool IsDone { get; private set; }

    public object? Result { get; private set; }

    public Exception? Failure { get; private set; }

    /// <summary>When it was done.</summary>
    public DateTime DoneAt { get; private set; }

    public void Complete(object? result, DateTime now) => (IsDone, Result, DoneAt) = (true, result, now);

    public void Fail(Exception failure, DateTime now) => (IsDone, Failure, DoneAt) = (true, failure, now);
}
