namespace ServerlessRouter.Jobs.Steps;

/// <summary>Names a chunk of a job's items; what orchestrations pass around.</summary>
public sealed record ChunkRef(string JobId, int Chunk);
