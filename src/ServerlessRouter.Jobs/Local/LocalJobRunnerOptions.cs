using ServerlessRouter.Jobs.Steps;

namespace ServerlessRouter.Jobs.Local;

/// <summary>How much a machine does for jobs at once.</summary>
public sealed record LocalJobRunnerOptions
{
    /// <summary>Requests of jobs under way at once, all jobs together. Default: 16.</summary>
    public int ParallelItems { get; init; } = 16;

    /// <summary>Chunks of a job that are worked on at once, so that the last items of one do not keep slots empty. Default: 2.</summary>
    public int ParallelChunks { get; init; } = 2;

    /// <summary>Jobs begun at once; further ones wait in the store. Default: 1000.</summary>
    public int MostJobs { get; init; } = 1000;

    /// <summary>The wait after a step that failed; doubled for each further failure. Default: 1 s.</summary>
    public TimeSpan FirstFailureWait { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Default: 1 minute.</summary>
    public TimeSpan LongestFailureWait { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>A job that has ended and waits longer than this, for the place of its output or for the next callback, gives up its place among <see cref="MostJobs"/>. Default: 1 minute, as often as jobs are swept.</summary>
    public TimeSpan LongestHeldWait { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether others have the job's place until the sweep begins it again.</summary>
    public bool IsLeftToSweep(StepResult result) => result.IsKept && result.Again > LongestHeldWait;
}
