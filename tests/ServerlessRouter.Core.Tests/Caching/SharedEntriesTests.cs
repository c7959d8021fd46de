using Microsoft.Extensions.Logging.Abstractions;
using ServerlessRouter.Background;
using ServerlessRouter.Caching;
using ServerlessRouter.Core.Tests.State;
using ServerlessRouter.Domain;
using ServerlessRouter.Json;
using ServerlessRouter.State;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Testing.Chance;
using ServerlessRouter.Testing.Time;
using Xunit;

namespace ServerlessRouter.Core.Tests.Caching;

/// <summary>Answers in the table store: whole or not at all, in time or not at all, and gone when their time is over.</summary>
public sealed class SharedEntriesTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly MemoryTableStore _store;

    public SharedEntriesTests() => _store = new MemoryTableStore(_time);

    [Theory, InlineData(10), InlineData(60 * 1024), InlineData(700_000), InlineData(4_000_000)]
    public async Task Put_OfAnySize_IsFoundByAnotherInstance(int bytes)
    {
        var written = Entry(bytes, TimeSpan.FromHours(1));
        var mine = Entries(_store);
        mine.Put(MemoryEntriesTests.Key(1), written);
        await RunAsync(mine.WriteStep);

        var found = (await Entries(_store).FindAsync(MemoryEntriesTests.Key(1), default))!;

        Assert.Equal(written.Body.ToArray(), found.Body.ToArray());
        Assert.Equal(
            (written.Usage, written.Model, written.CostUsd, written.ExpiresAt, written.FinishReason, written.IsStream, written.HasUsage, written.ContentBytes),
            (found.Usage, found.Model, found.CostUsd, found.ExpiresAt, found.FinishReason, found.IsStream, found.HasUsage, found.ContentBytes));
        Assert.Equal(written.Marks, found.Marks);
        Assert.Equal(written.UsageChunk.ToArray(), found.UsageChunk.ToArray());
    }

    [Fact]
    public async Task Rows_OfTwoWritings_AreNoAnswer()
    {
        await PutAsync(Entries(_store), 1_500_000, TimeSpan.FromHours(1));
        var key = MemoryEntriesTests.Key(1).ToHex();
        var second = (await _store.GetAsync("answercache", $"c.{key[..2]}", $"{key}~01"))!;
        await _store.WriteAsync("answercache", TableOperation.UpsertReplace(second.With("Stamp", "another")));

        Assert.Null(await Entries(_store).FindAsync(MemoryEntriesTests.Key(1), default));
    }

    [Fact]
    public async Task Expiry_ForgetsEveryRowOfWhatIsPast_AndNothingElse()
    {
        var entries = Entries(_store);
        await PutAsync(entries, 1_500_000, TimeSpan.FromMinutes(5), 1);
        await PutAsync(entries, 100, TimeSpan.FromHours(10), 2);
        await PutAsync(entries, 100, TimeSpan.FromMinutes(5), 3);
        _time.Advance(TimeSpan.FromMinutes(4));
        await PutAsync(entries, 100, TimeSpan.FromHours(10), 3);
        _time.Advance(TimeSpan.FromHours(2));

        await RunAsync(entries.ExpiryStep);

        var rows = (await _store.QueryPageAsync("answercache", TableQuery.AcrossPartitions(TableKeyRange.Prefix("c.")))).Entities;
        Assert.Equal(((ulong[])[2, 3]).Select(static key => MemoryEntriesTests.Key(key).ToHex()).Order(StringComparer.Ordinal), rows.Select(static row => row.RowKey).Order(StringComparer.Ordinal));
        Assert.Equal(2, (await _store.QueryPageAsync("answercache", TableQuery.AcrossPartitions(TableKeyRange.Prefix("x.")))).Entities.Count);
    }

    [Fact]
    public async Task Find_StoreThatHangs_IsWaitedForNoLongerThanItMay_AndThenLeftAlone()
    {
        var store = new ScriptedStore(_store) { Answer = static _ => new TaskCompletionSource().Task };
        var entries = Entries(store);
        for (var count = 0; count < 5; count++)
        {
            var find = entries.FindAsync(MemoryEntriesTests.Key(1), default).AsTask();
            Assert.False(find.IsCompleted);
            _time.Advance(SharedEntries.ReadTimeout);
            Assert.Null(await find);
        }

        Assert.Null(await entries.FindAsync(MemoryEntriesTests.Key(1), default));
        Assert.Equal(5, store.Calls);
    }

    [Fact]
    public async Task Find_StoreThatIsDown_HasNoAnswer()
    {
        var entries = Entries(new ScriptedStore(_store) { Answer = static _ => Task.FromException(new TableStoreUnavailableException("down")) });

        Assert.Null(await entries.FindAsync(MemoryEntriesTests.Key(1), default));
    }

    /// <summary>A stop of the process breaks a turn off; the last turn must find what it was at.</summary>
    [Fact]
    public async Task Write_BrokenOff_IsDoneByTheNextTurn()
    {
        using var stop = new CancellationTokenSource();
        var store = new ScriptedStore(_store);
        store.Answer = token =>
        {
            if (store.Calls == 2)
                stop.Cancel();
            token.ThrowIfCancellationRequested();
            return Task.CompletedTask;
        };
        var entries = Entries(store);
        entries.Put(MemoryEntriesTests.Key(1), Entry(100, TimeSpan.FromHours(1)));
        await using (var work = Work(entries.WriteStep))
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => work.RunAsync(SharedEntries.WriteName, stop.Token));

        await RunAsync(entries.WriteStep);

        Assert.NotNull(await entries.FindAsync(MemoryEntriesTests.Key(1), default));
    }

    [Fact]
    public async Task Put_MoreThanMayWait_IsDropped()
    {
        var entries = Entries(_store);
        for (ulong key = 0; key < SharedEntries.MaxWaiting + 10; key++)
            entries.Put(MemoryEntriesTests.Key(key), Entry(10, TimeSpan.FromHours(1)));
        await RunAsync(entries.WriteStep);

        Assert.Equal(SharedEntries.MaxWaiting, (await _store.QueryPageAsync("answercache", TableQuery.AcrossPartitions(TableKeyRange.Prefix("x.")))).Entities.Count);
    }

    [Fact]
    public async Task Find_BytesThatAreNone_HasNoAnswer()
    {
        await PutAsync(Entries(_store), 100, TimeSpan.FromHours(1));
        var key = MemoryEntriesTests.Key(1).ToHex();
        var row = (await _store.GetAsync("answercache", $"c.{key[..2]}", key))!;
        var bytes = row["B00"].AsBinary().ToArray();
        for (var length = 0; length < bytes.Length; length += 3)
        {
            await _store.WriteAsync("answercache", TableOperation.UpsertReplace(row.With("B00", TableValue.From(bytes.AsSpan(0, length)))));
            Assert.Null(await Entries(_store).FindAsync(MemoryEntriesTests.Key(1), default));
        }
    }

    private async Task PutAsync(SharedEntries entries, int bytes, TimeSpan ttl, ulong key = 1)
    {
        entries.Put(MemoryEntriesTests.Key(key), Entry(bytes, ttl));
        await RunAsync(entries.WriteStep);
    }

    private static async Task RunAsync(PeriodicStep step)
    {
        await using var work = Work(step);
        Assert.True(await work.RunAsync(step.Name));
    }

    private static BackgroundWork Work(PeriodicStep step)
    {
        var work = new BackgroundWork(TimeProvider.System, NullLogger<BackgroundWork>.Instance);
        work.Add(step);
        return work;
    }

    private SharedEntries Entries(ITableStore store) => new(store, _time, new SeededRandomSource(1));

    private CachedAnswer Entry(int bytes, TimeSpan ttl)
    {
        var body = new byte[bytes];
        for (var place = 0; place < bytes; place++)
            body[place] = (byte)(place * 31);
        return new CachedAnswer
        {
            IsStream = true,
            HasUsage = true,
            Body = body,
            Marks = [new AnswerMark(new JsonRange(1, 2), true), new AnswerMark(new JsonRange(4, 3), false)],
            UsageChunk = new byte[] { 1, 2, 3 },
            Model = "mini",
            Usage = new TokenUsage(5, 6) { CachedTokens = 1, ReasoningTokens = 2, ReportedCostUsd = 0.5m, ServiceTier = "flex", IsEstimated = true },
            FinishReason = "stop",
            ContentBytes = 77,
            CostUsd = 0.0123m,
            StoredAt = _time.GetUtcNow(),
            ExpiresAt = _time.GetUtcNow() + ttl,
        };
    }
}
