using System.Collections.Concurrent;
using Azure;
using Azure.Data.Tables;
using ServerlessRouter.State;
using Entity = ServerlessRouter.State.TableEntity;

namespace ServerlessRouter.Functions.State;

/// <summary>Tables of Azure Table Storage, one to one; a table is created when the first write to it finds none.</summary>
internal sealed class TableServiceStore(TableServiceClient service) : ITableStore
{
    private readonly ConcurrentDictionary<string, TableClient> _tables = new(StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public async ValueTask<TableWriteResult> WriteAsync(string table, TableOperation operation, CancellationToken cancellationToken = default)
    {
        TableLimits.CheckTableName(table);
        TableLimits.CheckOperation(operation);

        // A transaction of one: every kind of write then has the same conditions and answers.
        var result = await SubmitAsync(table, [operation], cancellationToken);
        return new TableWriteResult(result.Outcome, result.IsDone ? result.ETags[0] : null);
    }

    /// <inheritdoc/>
    public ValueTask<TableTransactionResult> TransactAsync(
        string table, IReadOnlyList<TableOperation> operations, CancellationToken cancellationToken = default)
    {
        TableLimits.CheckTableName(table);
        TableLimits.CheckTransaction(operations);
        return SubmitAsync(table, operations, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<Entity?> GetAsync(string table, string partitionKey, string rowKey, CancellationToken cancellationToken = default)
    {
        TableLimits.CheckTableName(table);
        TableLimits.CheckKeys(partitionKey, rowKey);
        try
        {
            var found = await Table(table).GetEntityIfExistsAsync<Azure.Data.Tables.TableEntity>(partitionKey, rowKey, cancellationToken: cancellationToken);
            return found.HasValue ? TableEntityMapper.FromService(found.Value!) : null;
        }
        catch (Exception failure) when (TableFailures.IsUnavailable(failure, cancellationToken))
        {
            throw TableFailures.Unavailable(table, failure);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<TablePage> QueryPageAsync(
        string table, TableQuery query, string? continuation = null, CancellationToken cancellationToken = default)
    {
        TableLimits.CheckTableName(table);
        TableLimits.CheckQuery(query);
        try
        {
            var pages = Table(table)
                .QueryAsync<Azure.Data.Tables.TableEntity>(TableFilter.Of(query), query.PageSize, TableFilter.PropertiesOf(query), cancellationToken)
                .AsPages(continuation, query.PageSize);
            await foreach (var page in pages)
                return new TablePage([.. page.Values.Select(TableEntityMapper.FromService)], page.ContinuationToken is { Length: > 0 } next ? next : null);
            return new TablePage([], null);
        }
        catch (RequestFailedException missing) when (TableFailures.IsTableMissing(missing))
        {
            return new TablePage([], null);
        }
        catch (Exception failure) when (TableFailures.IsUnavailable(failure, cancellationToken))
        {
            throw TableFailures.Unavailable(table, failure);
        }
    }

    private TableClient Table(string name) => _tables.GetOrAdd(name, service.GetTableClient);

    private async ValueTask<TableTransactionResult> SubmitAsync(
        string table, IReadOnlyList<TableOperation> operations, CancellationToken cancellationToken)
    {
        var client = Table(table);
        try
        {
            try
            {
                return await SubmitOnceAsync(client, operations, cancellationToken);
            }
            catch (RequestFailedException missing) when (TableFailures.IsTableMissing(missing))
            {
                await client.CreateIfNotExistsAsync(cancellationToken);
                return await SubmitOnceAsync(client, operations, cancellationToken);
            }
        }
        catch (Exception failure) when (TableFailures.IsUnavailable(failure, cancellationToken))
        {
            throw TableFailures.Unavailable(table, failure);
        }
    }

    private static async ValueTask<TableTransactionResult> SubmitOnceAsync(
        TableClient client, IReadOnlyList<TableOperation> operations, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await client.SubmitTransactionAsync(operations.Select(TableEntityMapper.ToService), cancellationToken);
            var etags = answer.Value.Select((part, i) => operations[i].Entity is null ? null : part.Headers.ETag?.ToString("H")).ToArray();
            return new TableTransactionResult(TableOutcome.Done, etags);
        }
        catch (TableTransactionFailedException refused) when (TableFailures.OutcomeOf(refused) is { } outcome)
        {
            return new TableTransactionResult(outcome, [], refused.FailedTransactionActionIndex);
        }
        catch (RequestFailedException refused) when (refused.Status is 400 or 413)
        {
            // What only the service can count: a merge whose sum is over a limit.
            throw Breach(refused);
        }
    }

    private static ArgumentException Breach(RequestFailedException refused) =>
        new($"Table Storage refused the write ({refused.ErrorCode}): a row or transaction breaks one of its limits.", refused);
}
