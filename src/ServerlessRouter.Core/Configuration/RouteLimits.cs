namespace ServerlessRouter.Configuration;

/// <summary>What one request may use at most.</summary>
/// <param name="Attempts">Calls to vendors.</param>
/// <param name="Deadline">From arrival to the first content (streams) or the whole answer (plain).</param>
/// <param name="FirstToken">Silence before the first content of a stream, from sending or from its last sign of life.</param>
/// <param name="Stall">Silence between two pieces of a stream.</param>
/// <param name="CostUsd">Money over all attempts; null is unbounded.</param>
public sealed record RouteLimits(int Attempts, TimeSpan Deadline, TimeSpan FirstToken, TimeSpan Stall, decimal? CostUsd)
{
    public const int DefaultAttempts = 4;
    public const int DefaultDeadlineSeconds = 120;
    public const int DefaultFirstTokenSeconds = 30;
    public const int DefaultStallSeconds = 30;
    public const int DefaultStreamSeconds = 7200;

    /// <summary>Without a limit of its own, a stream may go on without content for as many times <see cref="Stall"/>.</summary>
    public const int IdleStalls = 10;

    /// <summary>The limits of a route that states none.</summary>
    public static readonly RouteLimits Default = new(
        DefaultAttempts, TimeSpan.FromSeconds(DefaultDeadlineSeconds), TimeSpan.FromSeconds(DefaultFirstTokenSeconds), TimeSpan.FromSeconds(DefaultStallSeconds), null);

    /// <summary>
    /// From sending an attempt to its whole answer (plain), or to the first content of a stream that shows signs of life, while another could still be asked; null leaves it to
    /// what is known of the model.
    /// </summary>
    public TimeSpan? Attempt { get; init; }

    /// <summary>Between two pieces with content of a stream that shows other signs of life; null is <see cref="IdleStalls"/> times <see cref="Stall"/>.</summary>
    public TimeSpan? Idle { get; init; }

    /// <summary>From sending an attempt to the end of its stream.</summary>
    public TimeSpan Stream { get; init; } = TimeSpan.FromSeconds(DefaultStreamSeconds);

    internal TimeSpan IdleOrDefault => Idle ?? Stall * IdleStalls;
}
