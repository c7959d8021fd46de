using ServerlessRouter.Recording.Usage;
using Xunit;

namespace ServerlessRouter.Core.Tests.Recording.Usage;

/// <summary>Names that callers make up fill no store.</summary>
public sealed class UsageFoldingTests
{
    private static readonly DateTimeOffset Hour = new(2026, 1, 1, 10, 0, 0, TimeSpan.Zero);

    private readonly UsageFolding _folding = new();

    [Fact]
    public void Fold_MoreModelsAskedForThanAreToldApart_CountsTheRestAsOther()
    {
        var asked = Enumerable.Range(0, 10_000).Select(number => _folding.Fold(Entry(Hour, asked: $"model-{number}")).ModelAsked!).ToHashSet();

        Assert.Equal(UsageFolding.MaxModelsAsked + 1, asked.Count);
        Assert.Contains(UsageFolding.Other, asked);
        Assert.Equal("model-3", _folding.Fold(Entry(Hour, asked: "model-3")).ModelAsked);
    }

    [Fact]
    public void Fold_NextHour_BeginsAnew()
    {
        for (var number = 0; number < 1000; number++)
            _folding.Fold(Entry(Hour, asked: $"model-{number}"));

        Assert.Equal("late", _folding.Fold(Entry(Hour.AddHours(1), asked: "late")).ModelAsked);
    }

    [Fact]
    public void Fold_MoreCombinationsThanAreToldApart_StillTellsKeysAndModels()
    {
        var folded = Enumerable.Range(0, 3 * UsageFolding.MaxCombinations).Select(number => _folding.Fold(new UsageEntry(Hour, new UsageDimensions { Key = $"key-{number % 50}", Model = $"m-{number % 7}", ModelAsked = $"a-{number % 100}", Task = $"t-{number}" }, default))).ToHashSet();

        Assert.InRange(folded.Count, UsageFolding.MaxCombinations, UsageFolding.MaxCombinations + (50 * 7));
        Assert.Equal(50, folded.Select(static dimensions => dimensions.Key).Distinct().Count());
        Assert.Contains(folded, static dimensions => dimensions is { Task: UsageFolding.Other, ModelAsked: UsageFolding.Other, Key: not null });
    }

    [Fact]
    public void Short_ANameOfAnyLength_IsCut() => Assert.Equal(128, UsageFolding.Short(new string('x', 100_000)).Length);

    private static UsageEntry Entry(DateTimeOffset hour, string asked) => new(hour, new UsageDimensions { ModelAsked = asked }, default);
}
