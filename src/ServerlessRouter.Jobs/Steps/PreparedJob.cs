namespace ServerlessRouter.Jobs.Steps;

/// <summary>What the preparation of a job came to.</summary>
/// <param name="Items">How many items there are to run; 0 when there is nothing to do.</param>
/// <param name="Chunks">How many chunks they lie in.</param>
public sealed record PreparedJob(int Items, int Chunks);
