namespace ServerlessRouter.Testing.Diagnostics;

/// <summary>What an action allocates on its own thread.</summary>
public static class Allocated
{
    private const int Runs = 5;

    /// <summary>The least of a few runs: now and then the runtime compiles, and allocates, on the thread that it happens to be called on.</summary>
    public static long Bytes(Action action)
    {
        var least = long.MaxValue;
        for (var run = 0; run < Runs; run++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
