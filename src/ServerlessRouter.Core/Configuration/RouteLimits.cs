namespace ServerlessRouter.Configuration;

/// <summary>What one request may use at most.</summary>
/// <param name="Attempts">Calls to vendors.</param>
/// <param name="Deadline">From arrival to the first content (streams) or the whole answer (plain).</param>
/// <param name="FirstToken">From sending an attempt to its first content.</param>
/// <param name="Stall">Between two pieces of a stream.</param>
/// <param name="CostUsd">Money over all attempts; null is unbounded.</param>
public sealed record RouteLimits(int Attempts, TimeSpan Deadline, TimeSpan FirstToken, TimeSpan Stall, decimal? CostUsd)
{
    public const int DefaultAttempts = 4;
    public const int DefaultDeadlineSeconds = 120;
    public const int DefaultFirstTokenSeconds = 30;
    public const int DefaultStallSeconds = 30;

    /// <summary>The limits of a route that states none.</summary>
    public static readonly RouteLimits Default = new(
        DefaultAttempts, TimeSpan.FromSeconds(DefaultDeadlineSeconds), TimeSpan.FromSeconds(DefaultFirstTokenSeconds), TimeSpan.FromSeconds(DefaultStallSeconds), null);
}
