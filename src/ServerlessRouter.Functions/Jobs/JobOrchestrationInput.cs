namespace ServerlessRouter.Functions.Jobs;

/// <summary>What the orchestration of a job is about: which job, and with which of its chunks it goes on.</summary>
public sealed record JobOrchestrationInput(string JobId, int NextChunk = 0);
