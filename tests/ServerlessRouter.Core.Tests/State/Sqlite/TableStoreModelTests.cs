using FsCheck;
using FsCheck.Fluent;
using ServerlessRouter.State;
using ServerlessRouter.State.Memory;
using Xunit;

namespace ServerlessRouter.Core.Tests.State.Sqlite;

public sealed class TableStoreModelTests
{
    [Fact]
    public void AnyOperations_InMemory_DoWhatTheModelDoes() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(200),
        Prop.ForAll(Steps(), steps => RunAsync(steps, folder: null)));

    [Fact]
    public void AnyOperations_OnDiskAndReopened_DoWhatTheModelDoes() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(60),
        Prop.ForAll(Steps(), async steps =>
        {
            using var folder = new SqliteStoreFolder();
            await RunAsync(steps, folder);
        }));

    private static async Task RunAsync(ModelStep[] steps, SqliteStoreFolder? folder)
    {
        var model = new TableModel();
        var lastETag = "W/\"never given\"";
        var store = await OpenAsync(folder);
        foreach (var step in steps)
        {
            // The row's own ETag may be the last one given: then another is outdated.
            var operations = step.Operations.Select(operation =>
            {
                var current = model.ETag(step.PartitionKey, operation.RowKey);
                return operation.ToOperation(step.PartitionKey, current, current == lastETag ? "W/\"never given\"" : lastETag);
            }).ToList();

            var expected = model.Apply(operations);
            var result = await WriteAsync(store, operations);
            Assert.Equal(expected, (result.Outcome, result.FailedIndex));
            if (result.IsDone)
                model.Learn(operations, result.ETags);
            lastETag = result.ETags.LastOrDefault(etag => etag is not null) ?? lastETag;

            if (step.ThenReopen && folder is not null)
            {
                await DisposeAsync(store);
                store = await OpenAsync(folder);
            }

            Assert.Equal(model.Rows, await ReadAsync(store));
        }

        await DisposeAsync(store);
    }

    private static ValueTask DisposeAsync(ITableStore store) => (store as IAsyncDisposable)?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static async Task<TableTransactionResult> WriteAsync(ITableStore store, List<TableOperation> operations)
    {
        if (operations is not [var single])
            return await store.TransactAsync(SqliteStoreFolder.Table, operations);

        var result = await store.WriteAsync(SqliteStoreFolder.Table, single);
        return new TableTransactionResult(result.Outcome, result.IsDone ? [result.ETag] : [], result.IsDone ? null : 0);
    }

    private static async Task<List<string>> ReadAsync(ITableStore store)
    {
        var rows = new List<string>();
        await foreach (var row in store.QueryAsync(SqliteStoreFolder.Table, TableQuery.All with { PageSize = 2 }))
            rows.Add(TableModel.Text(row));
        return rows;
    }

    private static async Task<ITableStore> OpenAsync(SqliteStoreFolder? folder) => folder is null
        ? new MemoryTableStore(new ManualTime())
        : await folder.OpenAsync();

    private static Arbitrary<ModelStep[]> Steps()
    {
        var operation =
            from kind in Gen.Elements(Enum.GetValues<TableOperationKind>())
            from row in Gen.Elements("", "1", "2", "é")
            from property in Gen.Elements("A", "B")
            from number in Gen.Choose(0, 9)
            from condition in Gen.Elements(Enum.GetValues<ModelCondition>())
            select new ModelOperation(kind, row, property, number, condition);
        var step =
            from partition in Gen.Elements("a", "b")
            from operations in operation.NonEmptyListOf()
            from reopens in Gen.Frequency((5, Gen.Constant(false)), (1, Gen.Constant(true)))
            select new ModelStep(partition, operations.DistinctBy(one => one.RowKey).ToList(), reopens);
        return Arb.From(step.ArrayOf(), WithoutOneStep);
    }

    private static IEnumerable<ModelStep[]> WithoutOneStep(ModelStep[] steps) =>
        Enumerable.Range(0, steps.Length).Select(left => steps.Where((_, at) => at != left).ToArray());
}
