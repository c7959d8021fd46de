namespace ServerlessRouter.Testing;

/// <summary>Waits for what only shows from outside, by asking again and again; for everything else there is a signal to wait for.</summary>
public static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <summary>Returns as soon as <paramref name="condition"/> holds; after <see cref="Patience.Limit"/> it throws and says what was waited for.</summary>
    public static async Task HoldsAsync(Func<Task<bool>> condition, string what)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(since) > Patience.Limit)
                throw new TimeoutException($"Waited {Patience.Limit.TotalSeconds:0} s for {what}.");
            await Task.Delay(Interval, TimeProvider.System);
        }
    }

    /// <inheritdoc cref="HoldsAsync(Func{Task{bool}}, string)"/>
    public static Task HoldsAsync(Func<bool> condition, string what) => HoldsAsync(() => Task.FromResult(condition()), what);
}
