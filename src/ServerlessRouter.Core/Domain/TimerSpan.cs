namespace ServerlessRouter.Domain;

/// <summary>Spans as timers take them: in whole milliseconds.</summary>
public static class TimerSpan
{
    /// <summary>The least whole milliseconds that are no shorter than <paramref name="wait"/>.</summary>
    /// <remarks>
    /// Timers cut off what is less, so one that is set for a moment rings before it. Code that then asks what is left would set it for nothing, again and again, and keep a
    /// processor busy until the clock has moved.
    /// </remarks>
    public static TimeSpan RoundUp(TimeSpan wait)
    {
        var rest = wait.Ticks % TimeSpan.TicksPerMillisecond;
        return rest > 0 ? wait + TimeSpan.FromTicks(TimeSpan.TicksPerMillisecond - rest) : wait;
    }
}
