using ServerlessRouter.Recording.Usage;
using ServerlessRouter.State;
using Xunit;

namespace ServerlessRouter.Core.Tests.Recording.Usage;

/// <summary>What a chunk of a job used counts once, also when an instance of an earlier version wrote some of it before it was replaced.</summary>
public sealed class UsagePartsTests
{
    private const string Chunk = "batch-1.0";

    private readonly UsageFleet _fleet = new();

    [Theory, InlineData(UsageTables.Part), InlineData(UsageTables.TakenPart)]
    public async Task Add_AnEarlierVersionWroteAPart_AddsTheOthersAlone(char kind)
    {
        var hour = UsageTables.HourOf(_fleet.Time.GetUtcNow());
        var entries = new[] { "mini", "large" }.Select(model => new UsageEntry(
            hour, new UsageDimensions { Key = "team", Tags = "team=search", Route = "auto", Model = model, Status = 200 }, new UsageTally { Requests = 1, CostUsd = UsageFleet.CostUsd })).ToList();
        var (_, dimensions, tally) = entries[0];
        var partition = UsageTables.Partition(hour, dimensions.Hash());
        await _fleet.Store.WriteAsync(UsageTables.Usage, TableOperation.Insert(UsageRow.Write(partition, UsageTables.PartKey(kind, hour, dimensions.Hash(), Chunk), dimensions, tally)));
        // What a roll-up that took the part left of it.
        if (kind == UsageTables.TakenPart)
            await _fleet.Store.WriteAsync(UsageTables.Usage, TableOperation.Insert(UsageRow.Write(partition, UsageTables.HourKey(UsageTables.Hour, hour, dimensions.Hash()), dimensions, tally)));

        var parts = new UsageParts(_fleet.Store, _fleet.Options, _fleet.Time);
        for (var time = 0; time < 2; time++)
            await parts.AddAsync(Chunk, entries, default);
        await parts.AddAsync("batch-2.0", entries, default);

        Assert.Equal([("large", 2L), ("mini", 2L)], (await _fleet.ReadAsync(UsageBucket.Hour, UsageGroups.Model)).Select(static sum => (sum.Group.Model!, sum.Tally.Requests)).Order());
    }
}
