using ServerlessRouter.State;

namespace ServerlessRouter.Core.Tests.State.Sqlite;

/// <summary>A random operation; whether its ETag is current is decided when it meets the row.</summary>
public sealed record ModelOperation(TableOperationKind Kind, string RowKey, string PropertyName, int Number, ModelCondition Condition)
{
    internal TableOperation ToOperation(string partitionKey, string? currentETag, string outdatedETag)
    {
        var entity = new TableEntity(partitionKey, RowKey) { [PropertyName] = Number };
        var ifMatch = Condition switch
        {
            ModelCondition.Any => TableETag.Any,
            ModelCondition.Current => currentETag ?? outdatedETag,
            ModelCondition.Outdated => outdatedETag,
        };
        return Kind switch
        {
            TableOperationKind.Insert => TableOperation.Insert(entity),
            TableOperationKind.UpsertReplace => TableOperation.UpsertReplace(entity),
            TableOperationKind.UpsertMerge => TableOperation.UpsertMerge(entity),
            TableOperationKind.UpdateReplace => TableOperation.UpdateReplace(entity, ifMatch),
            TableOperationKind.UpdateMerge => TableOperation.UpdateMerge(entity, ifMatch),
            TableOperationKind.Delete => TableOperation.Delete(partitionKey, RowKey, ifMatch),
        };
    }
}
