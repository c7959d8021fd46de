namespace ServerlessRouter.Jobs.Steps;

/// <summary>A step is done, or is to be asked again after a while, in which nobody need wait for it.</summary>
/// <param name="Again">Null when it is done.</param>
public sealed record StepResult(TimeSpan? Again)
{
    public static readonly StepResult Done = new((TimeSpan?)null);

    public bool IsDone => Again is null;

    public static StepResult After(TimeSpan delay) => new(delay > TimeSpan.Zero ? delay : TimeSpan.Zero);
}
