using ServerlessRouter.Domain;
using ServerlessRouter.Jobs.Steps;

namespace ServerlessRouter.Jobs.Local;

/// <summary>How much a machine does for jobs at once.</summary>
public sealed record LocalJobRunnerOptions
{
    /// <summary>16 requests: they keep several deployments busy, and leave room for callers who wait.</summary>
    public const int DefaultParallelItems = 16;

    /// <summary>2 chunks: the last items of one do not keep slots empty.</summary>
    public const int DefaultParallelChunks = 2;

    /// <summary>1000 jobs: some megabytes of memory.</summary>
    public const int DefaultMaxJobs = 1000;

    /// <summary>1 s: a step that met a restart of the store goes on at once.</summary>
    public static readonly TimeSpan DefaultFirstFailureWait = TimeSpan.FromSeconds(1);

    /// <summary>1 minute: as often as jobs are swept.</summary>
    public static readonly TimeSpan DefaultMaxFailureWait = TimeSpan.FromMinutes(1);

    /// <summary>1 minute: as often as jobs are swept.</summary>
    public static readonly TimeSpan DefaultMaxHeldWait = TimeSpan.FromMinutes(1);

    /// <summary>Requests of jobs under way at once, all jobs together. Default: <see cref="DefaultParallelItems"/>.</summary>
    public int ParallelItems { get; init; } = DefaultParallelItems;

    /// <summary>Chunks of a job that are worked on at once, so that the last items of one do not keep slots empty. Default: <see cref="DefaultParallelChunks"/>.</summary>
    public int ParallelChunks { get; init; } = DefaultParallelChunks;

    /// <summary>Jobs begun at once; further ones wait in the store. Default: <see cref="DefaultMaxJobs"/>.</summary>
    public int MaxJobs { get; init; } = DefaultMaxJobs;

    /// <summary>The wait after a step that failed; doubled for each further failure. Default: <see cref="DefaultFirstFailureWait"/>.</summary>
    public TimeSpan FirstFailureWait { get; init; } = DefaultFirstFailureWait;

    /// <summary>Default: <see cref="DefaultMaxFailureWait"/>.</summary>
    public TimeSpan MaxFailureWait { get; init; } = DefaultMaxFailureWait;

    /// <summary>A job that has ended and waits longer than this, for the place of its output or for the next callback, gives up its place among <see cref="MaxJobs"/>. Default: <see cref="DefaultMaxHeldWait"/>.</summary>
    public TimeSpan MaxHeldWait { get; init; } = DefaultMaxHeldWait;

    /// <summary>Whether others have the job's place until the sweep begins it again.</summary>
    public bool IsLeftToSweep(StepResult result) => result.IsKept && result.Again > MaxHeldWait;

    /// <summary>These options; throws <see cref="ArgumentException"/> with everything that cannot be.</summary>
    internal LocalJobRunnerOptions Validated()
    {
        new OptionsCheck(nameof(LocalJobRunnerOptions))
            .Count(nameof(ParallelItems), ParallelItems)
            .Count(nameof(ParallelChunks), ParallelChunks)
            .Count(nameof(MaxJobs), MaxJobs)
            .Wait(nameof(FirstFailureWait), FirstFailureWait)
            .Wait(nameof(MaxFailureWait), MaxFailureWait)
            .AtMost(nameof(FirstFailureWait), FirstFailureWait, nameof(MaxFailureWait), MaxFailureWait)
            .Wait(nameof(MaxHeldWait), MaxHeldWait)
            .Hold();
        return this;
    }
}
