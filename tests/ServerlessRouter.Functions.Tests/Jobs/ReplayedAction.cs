namespace ServerlessRouter.Functions.Tests.Jobs;

/// <summary>Something an orchestration asked for: an activity, a sub-orchestration or a timer, and its result once there is one.</summary>
internal sealed class ReplayedAction(string name, object? input)
{
    public string Name => name;

    public object? Input => input;

    public bool IsDone { get; private set; }

    public object? Result { get; private set; }

    public Exception? Failure { get; private set; }

    public void Complete(object? result) => (IsDone, Result) = (true, result);

    public void Fail(Exception failure) => (IsDone, Failure) = (true, failure);
}
