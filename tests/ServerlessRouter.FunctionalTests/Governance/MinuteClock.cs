namespace ServerlessRouter.FunctionalTests.Governance;

/// <summary>The clock of this machine, set so that a minute, an hour and a day have just begun: no window ends while a test runs.</summary>
internal sealed class MinuteClock : TimeProvider
{
    private readonly TimeSpan _offset;
    private long _jumped;

    public MinuteClock()
    {
        var now = System.GetUtcNow();
        _offset = new DateTimeOffset(now.Year, now.Month, 10, 8, 0, 0, TimeSpan.Zero) - now;
    }

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + _offset + TimeSpan.FromTicks(Interlocked.Read(ref _jumped));

    /// <summary>Lets windows end.</summary>
    public void Jump(TimeSpan by) => Interlocked.Add(ref _jumped, by.Ticks);
}
