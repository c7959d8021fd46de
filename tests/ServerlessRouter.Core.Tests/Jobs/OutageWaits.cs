using ServerlessRouter.State;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Time;

namespace ServerlessRouter.Core.Tests.Jobs;

/// <summary>Moves the clock of a step that waits for the store to come back.</summary>
internal static class OutageWaits
{
    /// <summary>
    /// What a call of the store may take: longer than the waits after losses here, which are the only ones that are passed. Else a call that is under way on another thread
    /// would run out of time, the store's guard would take it for an outage, and, with the clock standing, never ask again.
    /// </summary>
    private static readonly TimeSpan CallTimeout = new GuardedTableStoreOptions().CallTimeout;

    /// <summary>Until <paramref name="step"/> has ended, well or not, each wait for the store passes as soon as it begins.</summary>
    public static Task PassAsync(ManualTimeProvider time, Task step)
    {
        return Patience.DriveAsync(step, Pass, static () => "the step to end");

        void Pass()
        {
            if (time.FirstDueIn is { } due && due < CallTimeout)
                time.Advance(due);
        }
    }
}
