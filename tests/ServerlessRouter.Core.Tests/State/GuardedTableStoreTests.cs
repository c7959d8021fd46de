using Microsoft.Extensions.Logging.Abstractions;
using ServerlessRouter.State;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Testing.Time;
using Xunit;

namespace ServerlessRouter.Core.Tests.State;

public sealed class GuardedTableStoreTests
{
    private static readonly GuardedTableStoreOptions Options = new();
    private readonly ManualTimeProvider _time = new();
    private readonly ScriptedStore _inner;
    private readonly GuardedTableStore _store;

    public GuardedTableStoreTests()
    {
        _inner = new ScriptedStore(new MemoryTableStore(_time));
        _store = new GuardedTableStore(_inner, Options, _time, NullLogger<GuardedTableStore>.Instance);
    }

    [Fact]
    public async Task Call_StoreIsWell_GivesItsAnswer()
    {
        Assert.True((await _store.WriteAsync("rows", TableOperation.Insert(Row()))).IsDone);
        Assert.Equal(TableOutcome.AlreadyExists, (await _store.WriteAsync("rows", TableOperation.Insert(Row()))).Outcome);
        Assert.Equal(1, (await _store.GetAsync("rows", "p", "r"))!["Value"].AsInt32());
        Assert.Single((await _store.QueryPageAsync("rows", TableQuery.All)).Entities);
        Assert.True((await _store.TransactAsync("rows", [TableOperation.Delete("p", "r", TableETag.Any)])).IsDone);
    }

    [Fact]
    public async Task Call_StoreIsDown_IsAskedOnlyOncePerPause()
    {
        _inner.Answer = static _ => throw new TableStoreUnavailableException("down");
        for (var call = 0; call < 50; call++)
            await Assert.ThrowsAsync<TableStoreUnavailableException>(GetAsync);
        Assert.Equal(Options.FailuresInRow, _inner.Calls);

        for (var pause = 1; pause <= 3; pause++)
        {
            _time.Advance(Options.Pause);
            for (var call = 0; call < 10; call++)
                await Assert.ThrowsAsync<TableStoreUnavailableException>(GetAsync);
            Assert.Equal(Options.FailuresInRow + pause, _inner.Calls);
        }
    }

    [Fact]
    public async Task Call_StoreIsBack_IsAskedAgainByEveryone()
    {
        _inner.Answer = static _ => throw new TableStoreUnavailableException("down");
        for (var call = 0; call < Options.FailuresInRow; call++)
            await Assert.ThrowsAsync<TableStoreUnavailableException>(GetAsync);
        _inner.Answer = null;
        _time.Advance(Options.Pause);

        await GetAsync();
        await GetAsync();

        Assert.False(_store.IsPaused);
    }

    [Fact]
    public async Task Call_StoreHangs_EndsAfterTheTimeoutAndCountsAsAFailure()
    {
        _inner.Answer = static cancellationToken => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        var calls = Enumerable.Range(0, Options.FailuresInRow).Select(_ => GetAsync()).ToList();
        _time.Advance(Options.CallTimeout);

        foreach (var call in calls)
            Assert.Contains("4 s", (await Assert.ThrowsAsync<TableStoreUnavailableException>(() => call)).Message, StringComparison.Ordinal);
        Assert.True(_store.IsPaused);
    }

    [Fact]
    public async Task Call_StoreHangs_NoMoreThanItsShareIsEverUnderWay()
    {
        _inner.Answer = static cancellationToken => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        var calls = Enumerable.Range(0, Options.MaxCalls + 10).Select(_ => GetAsync()).ToList();

        Assert.Equal(Options.MaxCalls, _inner.Calls);
        _time.Advance(Options.CallTimeout);
        foreach (var call in calls)
            await Assert.ThrowsAsync<TableStoreUnavailableException>(() => call);
    }

    [Fact]
    public async Task Call_CallerGivesUp_IsNoFailureOfTheStore()
    {
        _inner.Answer = static cancellationToken => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        for (var call = 0; call < Options.FailuresInRow * 2; call++)
        {
            using var cancelled = new CancellationTokenSource();
            var get = _store.GetAsync("rows", "p", "r", cancelled.Token).AsTask();
            await cancelled.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => get);
        }

        Assert.False(_store.IsPaused);
    }

    [Fact]
    public async Task Call_BreachOfALimit_IsTheCallersBugAndNoFailureOfTheStore()
    {
        for (var call = 0; call < Options.FailuresInRow * 2; call++)
            await Assert.ThrowsAsync<ArgumentException>(() => _store.GetAsync("rows", "a/b", "r").AsTask());

        Assert.False(_store.IsPaused);
    }

    private static TableEntity Row() => new("p", "r") { ["Value"] = 1 };

    private Task GetAsync() => _store.GetAsync("rows", "p", "r").AsTask();
}
