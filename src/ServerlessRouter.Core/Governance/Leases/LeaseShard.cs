namespace ServerlessRouter.Governance.Leases;

/// <summary>
/// One partition's writer: one round of writing at a time, and what is asked for meanwhile goes into the next round together. So the store sees few calls however many requests wait, and no row is
/// written twice at once by the same instance.
/// </summary>
internal sealed class LeaseShard(LeaseWriter writer)
{
    private readonly Lock _gate = new();
    private HashSet<LeaseCounter> _asked = [];
    private TaskCompletionSource<bool>? _answer;
    private bool _isRunning;
    private Task _running = Task.CompletedTask;

    /// <summary>The rounds under way; each is bounded in time.</summary>
    public Task Running => _running;

    /// <summary>One call reads the totals of many counters.</summary>
    public bool ReadsTogether => writer.ReadsTogether;

    /// <summary>Has the rows of these counters brought up to date. False when the store could not be reached.</summary>
    public Task<bool> AskAsync(IEnumerable<LeaseCounter> counters)
    {
        TaskCompletionSource<bool> answer;
        bool isFirst;
        lock (_gate)
        {
            _asked.UnionWith(counters);
            answer = _answer ??= new TaskCompletionSource<bool>();
            isFirst = !_isRunning;
            _isRunning = true;
        }

        if (isFirst)
            _running = RunAsync();
        return answer.Task;
    }

    private async Task RunAsync()
    {
        while (Next() is var (counters, answer))
            answer.SetResult(await writer.TryWriteAsync(counters).ConfigureAwait(false));
    }

    private (IReadOnlyCollection<LeaseCounter> Counters, TaskCompletionSource<bool> Answer)? Next()
    {
        lock (_gate)
        {
            if (_answer is not { } answer)
            {
                _isRunning = false;
                return null;
            }

            var counters = _asked;
            (_asked, _answer) = ([], null);
            return (counters, answer);
        }
    }
}
