namespace ServerlessRouter.Jobs.Storage;

/// <summary>What an item becomes, and the result that is written with it in one transaction.</summary>
internal sealed record ItemMove(JobItem After, ReadOnlyMemory<byte>? Result = null);
