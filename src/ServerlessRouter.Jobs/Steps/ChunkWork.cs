namespace ServerlessRouter.Jobs.Steps;

/// <summary>The items of a chunk that have not ended.</summary>
public sealed record ChunkWork(int[] Items);
