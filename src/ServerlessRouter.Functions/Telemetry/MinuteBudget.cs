namespace ServerlessRouter.Functions.Telemetry;

/// <summary>So many units in each minute and no more, so that neither an outage nor an attack fills the log.</summary>
internal sealed class MinuteBudget(int perMinute, TimeProvider time)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Lock _taking = new();
    private long _begun = time.GetTimestamp();
    private int _taken;

    /// <summary>Takes them all, or says no.</summary>
    public bool TryTake(int units = 1)
    {
        lock (_taking)
        {
            var now = time.GetTimestamp();
            if (time.GetElapsedTime(_begun, now) >= Minute)
                (_begun, _taken) = (now, 0);
            if (_taken + units > perMinute)
                return false;
            _taken += units;
            return true;
        }
    }
}
