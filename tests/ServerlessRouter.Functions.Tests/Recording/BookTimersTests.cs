using Microsoft.Azure.Functions.Worker;
using ServerlessRouter.Configuration;
using ServerlessRouter.Functions.Recording;
using ServerlessRouter.Recording.Usage;
using ServerlessRouter.State;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Time;
using Xunit;

namespace ServerlessRouter.Functions.Tests.Recording;

/// <summary>What timers do for the books ends, however long the storage makes it.</summary>
public sealed class BookTimersTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task RollUp_OverATableThatTakesAnHourToRead_IsGivenUpWhenItsTimeIsOver()
    {
        var store = new SlowStore(new MemoryTableStore(_time), _time);
        await using var router = RouterServices.Create(new RouterServicesOptions { Models = new RouterModelSource(new RouterBuilder().Model("mini").Build()), Store = store, Time = _time });
        var begun = _time.GetUtcNow();

        await new BookTimers(router).RollUp(new TimerInfo(), default);

        Assert.InRange(_time.GetUtcNow() - begun, UsageOptions.DefaultRollUpTimeout, UsageOptions.DefaultRollUpTimeout + SlowStore.PageTime);
    }

    /// <summary>Each page of a table takes a minute, and there are sixty.</summary>
    private sealed class SlowStore(ITableStore store, ManualTimeProvider time) : ITableStore
    {
        public static readonly TimeSpan PageTime = TimeSpan.FromMinutes(1);

        private int _pages;

        public ValueTask<TableWriteResult> WriteAsync(string table, TableOperation operation, CancellationToken cancellationToken = default) => store.WriteAsync(table, operation, cancellationToken);

        public ValueTask<TableTransactionResult> TransactAsync(string table, IReadOnlyList<TableOperation> operations, CancellationToken cancellationToken = default) =>
            store.TransactAsync(table, operations, cancellationToken);

        public ValueTask<TableEntity?> GetAsync(string table, string partitionKey, string rowKey, CancellationToken cancellationToken = default) => store.GetAsync(table, partitionKey, rowKey, cancellationToken);

        public ValueTask<TablePage> QueryPageAsync(string table, TableQuery query, string? continuation = null, CancellationToken cancellationToken = default)
        {
            time.Advance(PageTime);
            return ValueTask.FromResult(new TablePage([], ++_pages % 60 == 0 ? null : "more"));
        }
    }
}
