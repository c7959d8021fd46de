namespace ServerlessRouter.Testing.Upstreams;

/// <summary>Holds answers at a point of their script until a test opens it; once open it stays open.</summary>
public sealed class Gate
{
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Tally _arrived = new("an answer held at the gate");

    /// <summary>How many answers came to the gate.</summary>
    public int Arrived => _arrived.Count;

    public void Open() => _opened.TrySetResult();

    /// <summary>Waits until <paramref name="count"/> answers stand, or stood, at the gate: all that their script sends before it is on its way.</summary>
    public Task WaitForArrivalAsync(int count = 1) => _arrived.WaitForAsync(count);

    internal Task PassAsync(CancellationToken cancellationToken)
    {
        _arrived.Add();
        return _opened.Task.WaitAsync(cancellationToken);
    }
}
