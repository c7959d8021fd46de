namespace ServerlessRouter.FunctionalTests.Governance;

/// <summary>The clock of this machine, whose stopwatch a test moves on: what waits for a while to pass sees it passed, and no window ends.</summary>
internal sealed class LeaseClock : TimeProvider
{
    private long _passed;

    public override long GetTimestamp() => System.GetTimestamp() + Interlocked.Read(ref _passed);

    /// <summary>Lets so much time pass.</summary>
    public void Pass(TimeSpan time) => Interlocked.Add(ref _passed, (long)(time.TotalSeconds * TimestampFrequency));
}
