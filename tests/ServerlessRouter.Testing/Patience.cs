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
            throw new TimeoutException($"Waited {Limit.TotalSeconds:0} s for {describe()}.");
        }
    }
}
