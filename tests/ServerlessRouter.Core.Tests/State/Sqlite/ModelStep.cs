namespace ServerlessRouter.Core.Tests.State.Sqlite;

/// <summary>One transaction on different rows of a partition, after which the store may be reopened.</summary>
public sealed record ModelStep(string PartitionKey, IReadOnlyList<ModelOperation> Operations, bool ThenReopen);
