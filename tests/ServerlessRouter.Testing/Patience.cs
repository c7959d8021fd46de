namespace ServerlessRouter.Testing;

/// <summary>The bound on every wait of a double: generous, so that only a test that would hang runs into it.</summary>
public static class Patience
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Waits for <paramref name="task"/>; after <see cref="Limit"/> it throws and says what was waited for.</summary>
    public static async Task WaitAsync(Task task, Func<string> describe)
    {
        try
        {
            await task.WaitAsync(Limit, TimeProvider.System);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            throw TooLong(describe());
        }
    }

    /// <inheritdoc cref="WaitAsync(Task, Func{string})"/>
    public static async Task<T> WaitAsync<T>(Task<T> task, Func<string> describe)
    {
        await WaitAsync((Task)task, describe);
        return await task;
    }

    /// <summary>Takes one turn after the other until <paramref name="running"/> has ended, well or not; after <see cref="Limit"/> it throws and says what was waited for.</summary>
    public static async Task DriveAsync(Task running, Action turn, Func<string> describe)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!running.IsCompleted)
        {
            if (TimeProvider.System.GetElapsedTime(since) > Limit)
                throw TooLong(describe());
            turn();
            await Task.Yield();
        }
    }

    private static TimeoutException TooLong(string what) => new($"Waited {Limit.TotalSeconds:0} s for {what}.");
}
