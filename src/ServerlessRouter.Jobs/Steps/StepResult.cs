namespace ServerlessRouter.Jobs.Steps;

/// <summary>A step is done, or is to be asked again after a while, in which no runner need wait for it.</summary>
/// <param name="Again">Null when it is done.</param>
/// <param name="IsKept">The job's row keeps that time: a runner that lets go of the job meanwhile may leave it to the sweep, which begins it once the time has come.</param>
public sealed record StepResult(TimeSpan? Again, bool IsKept = false)
{
    public static readonly StepResult Done = new((TimeSpan?)null);

    public bool IsDone => Again is null;

    public static StepResult After(TimeSpan delay) => new(delay > TimeSpan.Zero ? delay : TimeSpan.Zero);

    /// <summary>As <see cref="After"/>, of a time that stands in the job's row.</summary>
    public static StepResult KeptUntil(DateTimeOffset again, DateTimeOffset now) => After(again - now) with { IsKept = true };
}
