using ServerlessRouter.Training.Rows;
using Xunit;

namespace ServerlessRouter.Core.Tests.Training;

public sealed class FoldsTests
{
    private static readonly string[] GroupOf = [.. Enumerable.Range(0, 300).Select(row => $"group {row * row % 11}")];

    [Fact]
    public void ByGroup_AnySeed_KeepsGroupsWholeAndFillsEveryFold()
    {
        for (ulong seed = 0; seed < 20; seed++)
        {
            var folds = Folds.ByGroup(GroupOf, 3, seed);

            Assert.Equal(GroupOf.Distinct().Count(), GroupOf.Zip(folds).Distinct().Count());
            Assert.Equal([0, 1, 2], folds.Distinct().Order());
        }
    }

    /// <summary>The seed of <c>evaluate</c> once changed which rows were left out by lot, but never which sources or tasks.</summary>
    [Fact]
    public void ByGroup_OtherSeed_LeavesOutOtherGroupsTogether()
    {
        Assert.NotEqual(Together(1), Together(2));
        Assert.Equal(Folds.ByGroup(GroupOf, 3, 1), Folds.ByGroup(GroupOf, 3, 1));
    }

    /// <summary>The groups of each part, whatever its number.</summary>
    private static HashSet<string> Together(ulong seed) => GroupOf.Zip(Folds.ByGroup(GroupOf, 3, seed)).Distinct()
        .GroupBy(pair => pair.Second, pair => pair.First).Select(part => string.Join('|', part.Order(StringComparer.Ordinal))).ToHashSet();
}
