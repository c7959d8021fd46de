using ServerlessRouter.Caching;
using ServerlessRouter.Domain;
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
        var entries = new MemoryEntries(3 * Entry(100).Size);
        foreach (var key in new ulong[] { 1, 2, 3 })
            entries.Put(Key(key), Entry(100));
        Assert.True(entries.TryFind(Key(1), Now, out _));

        entries.Put(Key(4), Entry(100));

        Assert.Equal([true, false, true, true], ((ulong[])[1, 2, 3, 4]).Select(key => entries.TryFind(Key(key), Now, out _)));
    }

    [Fact]
    public void Put_LargerThanAll_ForgetsNothing()
    {
        var entries = new MemoryEntries(Entry(100).Size);
        entries.Put(Key(1), Entry(100));

        entries.Put(Key(2), Entry(101));

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
    public void Bytes_AfterAnyCalls_AreThoseOfWhatIsThere()
    {
        var random = new SeededRandomSource(7);
        var entries = new MemoryEntries(50_000);
        for (var round = 0; round < 20_000; round++)
        {
            var key = Key((ulong)random.Next(200));
            switch (random.Next(4))
            {
                case 0:
                    entries.Remove(key);
                    break;
                case 1:
                    entries.TryFind(key, Now, out _);
                    break;
                default:
                    entries.Put(key, Entry(random.Next(3000)));
                    break;
            }

            Assert.InRange(entries.Bytes, 0, 50_000);
        }

        var sum = Enumerable.Range(0, 200).Sum(key => entries.TryFind(Key((ulong)key), Now, out var found) ? found.Size : 0L);
        Assert.Equal(sum, entries.Bytes);
    }

    internal static CacheKey Key(ulong number) => new(number, 0, 0, number);

    internal static CachedAnswer Entry(int bytes) => new()
    {
        IsStream = false, Body = new byte[bytes], Marks = [], Model = "m", Usage = new TokenUsage(1, 1), StoredAt = Now, ExpiresAt = Now.AddSeconds(60),
    };
}
