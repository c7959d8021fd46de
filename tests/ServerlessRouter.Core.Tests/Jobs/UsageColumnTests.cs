using ServerlessRouter.Jobs.Rows;
using ServerlessRouter.Recording.Usage;
using ServerlessRouter.State;
using Xunit;

namespace ServerlessRouter.Core.Tests.Jobs;

/// <summary>However much an item used, its row can be written, and tells all it cost.</summary>
public sealed class UsageColumnTests
{
    private const decimal CostUsd = 0.000_000_000_1m;

    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory, InlineData(2, 25_000, "mini"), InlineData(200, 100, "mini"), InlineData(1000, 10, null)]
    public void Write_MoreThanAPropertyHolds_TellsLessApartAndAllTheSums(int hours, int tagsLength, string? model)
    {
        var entries = Enumerable.Range(0, hours).Select(hour => new UsageEntry(
            Noon.AddHours(hour),
            new UsageDimensions { Key = "team", Tags = new string('t', tagsLength), Model = "mini", Deployment = "vendor/mini", Status = 200 },
            new UsageTally { Requests = 1, CostUsd = CostUsd })).ToList();

        var text = UsageColumn.Write(entries)!;

        Assert.InRange(text.Length, 1, TableLimits.PropertyBytes / 2);
        var read = UsageColumn.Read(text);
        Assert.All(read, entry => Assert.Equal(("team", model, null, null), (entry.Dimensions.Key, entry.Dimensions.Model, entry.Dimensions.Tags, entry.Dimensions.Deployment)));
        Assert.Equal((hours, hours * CostUsd), (read.Sum(static entry => entry.Tally.Requests), read.Sum(static entry => entry.Tally.CostUsd)));
    }

    [Fact]
    public void Write_FitsWithoutTheDeployments_KeepsTheRest()
    {
        var entries = Enumerable.Range(0, 400).Select(static number => new UsageEntry(
            Noon, new UsageDimensions { Key = "team", Tags = "team=search", Model = "mini", Deployment = $"vendor/{number}", Status = 200 }, new UsageTally { Attempts = 1, CostUsd = CostUsd })).ToList();

        var (_, dimensions, tally) = Assert.Single(UsageColumn.Read(UsageColumn.Write(entries)));

        Assert.Equal(new UsageDimensions { Key = "team", Tags = "team=search", Model = "mini", Status = 200 }, dimensions);
        Assert.Equal(new UsageTally { Attempts = 400, CostUsd = 400 * CostUsd }, tally);
    }
}
