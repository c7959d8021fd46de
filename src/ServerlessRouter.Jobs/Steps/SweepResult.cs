namespace ServerlessRouter.Jobs.Steps;

/// <summary>What one bounded sweep did.</summary>
/// <param name="Cursor">Where to go on; null when it came to the end.</param>
/// <param name="Count">How many jobs or other things it dealt with.</param>
public sealed record SweepResult(string? Cursor, int Count);
