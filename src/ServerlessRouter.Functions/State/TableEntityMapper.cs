using System.Globalization;
using Azure;
using Azure.Data.Tables;
using ServerlessRouter.State;
using Entity = ServerlessRouter.State.TableEntity;
using ServiceEntity = Azure.Data.Tables.TableEntity;

namespace ServerlessRouter.Functions.State;

/// <summary>Maps rows and operations to the client library's types and back.</summary>
internal static class TableEntityMapper
{
    private const string TypeSuffix = "@odata.type";

    private static readonly HashSet<string> SystemProperties = ["PartitionKey", "RowKey", "Timestamp", "odata.etag"];

    /// <summary>An operation of a transaction.</summary>
    public static TableTransactionAction ToService(TableOperation operation)
    {
        var entity = operation.Entity is { } written ? ToService(written) : new ServiceEntity(operation.PartitionKey, operation.RowKey);
        var kind = operation.Kind switch
        {
            TableOperationKind.Insert => TableTransactionActionType.Add,
            TableOperationKind.UpsertReplace => TableTransactionActionType.UpsertReplace,
            TableOperationKind.UpsertMerge => TableTransactionActionType.UpsertMerge,
            TableOperationKind.UpdateReplace => TableTransactionActionType.UpdateReplace,
            TableOperationKind.UpdateMerge => TableTransactionActionType.UpdateMerge,
            TableOperationKind.Delete => TableTransactionActionType.Delete,
        };
        return new TableTransactionAction(kind, entity, operation.IfMatch is { } etag ? new ETag(etag) : default);
    }

    /// <summary>A row as it was read; a property that was asked for and is not there comes without a value.</summary>
    public static Entity FromService(ServiceEntity entity) => new Entity(entity.PartitionKey, entity.RowKey)
    {
        ETag = entity.ETag.ToString("H"),
        Timestamp = entity.Timestamp,
    }.With(entity.Where(static property => property.Value is not null && !SystemProperties.Contains(property.Key)).Select(static property => KeyValuePair.Create(property.Key, Value(property.Value))));

    private static ServiceEntity ToService(Entity entity)
    {
        var service = new ServiceEntity(entity.PartitionKey, entity.RowKey);
        foreach (var (name, value) in entity.Properties)
        {
            service.Add(name, Value(value));
            // JSON has no such numbers, and the client library would refuse them; the service takes them as text of the type.
            if (value.Kind == TableValueKind.Double && !double.IsFinite(value.AsDouble()))
            {
                service[name] = value.AsDouble().ToString(CultureInfo.InvariantCulture);
                service[name + TypeSuffix] = "Edm.Double";
            }
        }

        return service;
    }

    private static object Value(TableValue value) => value.Kind switch
    {
        TableValueKind.String => value.AsString(),
        TableValueKind.Boolean => value.AsBoolean(),
        TableValueKind.Int32 => value.AsInt32(),
        TableValueKind.Int64 => value.AsInt64(),
        TableValueKind.Double => value.AsDouble(),
        TableValueKind.DateTime => value.AsDateTime(),
        TableValueKind.Guid => value.AsGuid(),
        TableValueKind.Binary => value.AsBinary().ToArray(),
        TableValueKind.None => throw new ArgumentException("A property has no value. Leave it out instead."),
    };

    private static TableValue Value(object value) => value switch
    {
        string text => text,
        bool truth => truth,
        int number => number,
        long number => number,
        double number => number,
        DateTimeOffset time => time,
        DateTime time => new DateTimeOffset(time),
        Guid id => id,
        byte[] bytes => bytes,
        BinaryData bytes => bytes.ToArray(),
        _ => throw new InvalidOperationException($"Table Storage gave a property of the type {value.GetType().Name}, which it does not have."),
    };
}
