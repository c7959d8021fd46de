namespace ServerlessRouter.Testing;

/// <summary>Counts something and lets a test wait until it was counted often enough.</summary>
public sealed class Tally(string what)
{
    private readonly Lock _lock = new();
    private readonly List<(int Count, TaskCompletionSource Reached)> _waiting = [];
    private int _count;

    public int Count
    {
        get
        {
            lock (_lock)
                return _count;
        }
    }

    public void Add()
    {
        lock (_lock)
        {
            _count++;
            for (var i = _waiting.Count - 1; i >= 0; i--)
            {
                if (_waiting[i].Count > _count)
                    continue;
                _waiting[i].Reached.SetResult();
                _waiting.RemoveAt(i);
            }
        }
    }

    public Task WaitForAsync(int count)
    {
        TaskCompletionSource reached;
        lock (_lock)
        {
            if (_count >= count)
                return Task.CompletedTask;
            reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((count, reached));
        }
        return Patience.WaitAsync(reached.Task, () => $"{count} × {what}; there were {Count}");
    }
}
