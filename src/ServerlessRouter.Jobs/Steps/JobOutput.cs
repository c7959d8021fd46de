namespace ServerlessRouter.Jobs.Steps;

/// <summary>What the settled chunks of a job add up to, and the files over what they wrote.</summary>
internal sealed record JobOutput(string? OutputFileId, string? ErrorFileId, JobTally Tally, bool HasExpired)
{
    public static readonly JobOutput None = new(null, null, default, false);
}
