using System.Text;
using ServerlessRouter.Configuration.Loading;
using ServerlessRouter.Configuration.Stored;
using ServerlessRouter.State;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Testing.Time;
using Xunit;

namespace ServerlessRouter.Core.Tests.Configuration.Stored;

public sealed class ConfigurationStoreTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly MemoryTableStore _tables;
    private readonly ConfigurationStore _store;

    public ConfigurationStoreTests()
    {
        _tables = new MemoryTableStore(_time);
        _store = new ConfigurationStore(_tables, _time);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(TableLimits.PropertyBytes)]
    [InlineData(TableLimits.PropertyBytes + 1)]
    [InlineData(ConfigurationStore.MaxBytes)]
    public async Task Read_AnyLength_IsTheTextThatWasSaved(int length)
    {
        var text = TextOf(length);

        var version = await _store.SaveAsync(text);

        Assert.Equal(RouterConfigLoader.VersionOf(text), version);
        Assert.Equal(text, (await _store.ReadAsync(version))!.Value.ToArray());
    }

    [Fact]
    public async Task Save_SameTextAgain_IsTheSameVersionFromThen()
    {
        var first = await _store.SaveAsync(TextOf(10));
        _time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(first, await _store.SaveAsync(TextOf(10)));

        Assert.Equal(_time.GetUtcNow() - TimeSpan.FromHours(1), Assert.Single(await _store.ListAsync()).CreatedAt);
    }

    [Fact]
    public async Task Save_TooLong_IsABugOfTheCaller() =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await _store.SaveAsync(new byte[ConfigurationStore.MaxBytes + 1]));

    [Theory]
    [InlineData("missing")]
    [InlineData("changed")]
    public async Task Read_ChunkIsNotWhatWasSaved_IsNothingRatherThanHalf(string damage)
    {
        var version = await _store.SaveAsync(TextOf(TableLimits.PropertyBytes + 5));
        await _tables.WriteAsync("configuration", damage == "missing"
            ? TableOperation.Delete($"text-{version}", "0001", TableETag.Any)
            : TableOperation.UpsertReplace(new TableEntity($"text-{version}", "0001") { ["Data"] = "other"u8.ToArray() }));

        Assert.Null(await _store.ReadAsync(version));
    }

    [Fact]
    public async Task Read_NeverSaved_IsNothing() => Assert.Null(await _store.ReadAsync("no/such?"));

    [Fact]
    public async Task List_Several_IsNewestFirst()
    {
        var older = await _store.SaveAsync(TextOf(3));
        _time.Advance(TimeSpan.FromMinutes(1));
        var newer = await _store.SaveAsync(TextOf(4));

        Assert.Equal([(newer, 4), (older, 3)], (await _store.ListAsync()).Select(static version => (version.Version, version.Bytes)));
    }

    [Fact]
    public async Task TryActivate_PointerMovedMeanwhile_ChangesNothing()
    {
        Assert.True(await _store.TryActivateAsync("a", null));
        var seen = await _store.FindActiveAsync();
        Assert.True(await _store.TryActivateAsync("b", seen));

        Assert.False(await _store.TryActivateAsync("c", seen));
        Assert.False(await _store.TryActivateAsync("c", null));

        var active = await _store.FindActiveAsync();
        Assert.Equal(("b", "a"), (active!.Version, active.Previous));
    }

    private static byte[] TextOf(int length) => Encoding.UTF8.GetBytes(new string('x', length));
}
