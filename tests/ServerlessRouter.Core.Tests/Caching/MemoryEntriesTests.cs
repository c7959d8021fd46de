using ServerlessRouter.Caching;
using ServerlessRouter.Domain;
using ServerlessRouter.Json;
using ServerlessRouter.Testing.Chance;
using Xunit;

namespace ServerlessRouter.Core.Tests.Caching;

/// <summary>Entries in memory never take more than they may, and their bytes are counted exactly.</summary>
public sealed class MemoryEntriesTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Put_BeyondTheBound_ForgetsWhatWasNotUsedForLongest()
    {
        var entries = new MemoryEntries(3 * SizeOf(100));
        foreach (var key in new ulong[] { 1, 2, 3 })
            entries.Put(Key(key), Entry(100));
        Assert.True(entries.TryFind(Key(1), Now, out _));

        entries.Put(Key(4), Entry(100));

        Assert.Equal([true, false, true, true], ((ulong[])[1, 2, 3, 4]).Select(key => entries.TryFind(Key(key), Now, out _)));
    }

    [Fact]
    public void Put_LargerThanAll_ForgetsNothing()
    {
        var entries = new MemoryEntries(SizeOf(100));
        entries.Put(Key(1), Entry(100));

        entries.Put(Key(2), Entry(1000));

        Assert.True(entries.TryFind(Key(1), Now, out _));
    }

    [Fact]
    public void Find_PastItsTime_IsForgottenWithItsBytes()
    {
        var entries = new MemoryEntries(10_000);
        entries.Put(Key(1), Entry(100));

        Assert.False(entries.TryFind(Key(1), Now.AddSeconds(60), out _));

        Assert.Equal((0, 0L), (entries.Count, entries.Bytes));
    }

    [Fact]
    public void Entries_AfterAnyCalls_AreWholeAndTheirBytesAreCounted()
    {
        const int Bound = 600_000;
        var random = new SeededRandomSource(7);
        var (entries, put) = (new MemoryEntries(Bound), new Dictionary<ulong, CachedAnswer>());
        for (var round = 0; round < 20_000; round++)
        {
            var number = (ulong)random.Next(200);
            switch (random.Next(4))
            {
                case 0:
                    entries.Remove(Key(number));
                    put.Remove(number);
                    break;
                case 1:
                    if (entries.TryFind(Key(number), Now, out var found))
                        AssertSame(put[number], found);
                    break;
                default:
                    // Some of them long enough for an array of their own.
                    put[number] = Entry(random.Next(random.Next(10) == 0 ? 60_000 : 5_000), (byte)round);
                    entries.Put(Key(number), put[number]);
                    break;
            }

            Assert.InRange(entries.Bytes, 0, Bound);
        }

        var left = put.Where(pair => entries.TryFind(Key(pair.Key), Now, out _)).ToList();
        Assert.Equal(left.Count, entries.Count);
        Assert.InRange(left.Count, 50, 200);
        Assert.Equal(left.Sum(static pair => SizeOf(pair.Value)), entries.Bytes);
    }

    [Fact]
    public void Find_WhileOthersAreForgotten_LeavesWhatWasFoundAsItWas()
    {
        var entries = new MemoryEntries(SizeOf(2_000));
        entries.Put(Key(1), Entry(2_000, 1));
        Assert.True(entries.TryFind(Key(1), Now, out var found));

        entries.Put(Key(2), Entry(2_000, 2));

        AssertSame(Entry(2_000, 1), found);
    }

    internal static CacheKey Key(ulong number) => new(number, 0, 0, number);

    internal static CachedAnswer Entry(int bytes, byte filling = 0) => new()
    {
        IsStream = false,
        Body = Enumerable.Range(0, bytes).Select(place => (byte)(filling + place)).ToArray(),
        UsageChunk = new[] { filling },
        Marks = [new AnswerMark(new JsonRange(0, bytes), IsId: true)],
        Model = "m",
        Usage = new TokenUsage(1, 1) { ReportedCostUsd = 0.25m, ServiceTier = "flex" },
        FinishReason = "stop",
        CostUsd = 1.5m,
        StoredAt = Now,
        ExpiresAt = Now.AddSeconds(60),
    };

    private static void AssertSame(CachedAnswer expected, CachedAnswer actual)
    {
        Assert.True(expected.Body.Span.SequenceEqual(actual.Body.Span));
        Assert.True(expected.UsageChunk.Span.SequenceEqual(actual.UsageChunk.Span));
        Assert.Equal(expected.Marks, actual.Marks);
        Assert.Equal(
            (expected.IsStream, expected.Model, expected.Usage, expected.FinishReason, expected.CostUsd, expected.StoredAt, expected.ExpiresAt),
            (actual.IsStream, actual.Model, actual.Usage, actual.FinishReason, actual.CostUsd, actual.StoredAt, actual.ExpiresAt));
    }

    private static long SizeOf(int bytes) => SizeOf(Entry(bytes));

    /// <summary>What it takes alone.</summary>
    private static long SizeOf(CachedAnswer answer)
    {
        var alone = new MemoryEntries(long.MaxValue);
        alone.Put(Key(1), answer);
        return alone.Bytes;
    }
}
