namespace ServerlessRouter.Functions.Jobs;

/// <summary>The custom status of a job's orchestration; figures for callers stand on the job itself.</summary>
public sealed record JobProgress(int Chunks, int Settled);
