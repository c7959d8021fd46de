using ServerlessRouter.Classification.Models;
using Xunit;

namespace ServerlessRouter.Core.Tests.Classification;

public sealed class FeatureTableTests
{
    /// <summary>Keys this far apart share a bucket of the table of a hundred.</summary>
    private const uint SameBucket = 1 << 20;

    [Fact]
    public void RowsOf_KnownAndUnknownKeys_AnswersTheRowsOfTheKnownInOrder()
    {
        var table = new FeatureTable([11, 13, 15]);
        var rows = new int[4];

        Assert.Equal(2, table.RowsOf([15, 17, 11, 19], rows));

        Assert.Equal([2, 0], rows[..2]);
    }

    [Fact]
    public void RowOf_MoreKeysThanABucketHolds_FindsThemInTheNext()
    {
        var keys = Enumerable.Range(0, 100).Select(static key => ((uint)key * SameBucket) + 1).ToArray();
        var table = new FeatureTable(keys);
        var rows = new int[keys.Length];

        Assert.Equal(keys.Length, table.RowsOf(keys, rows));

        Assert.Equal(Enumerable.Range(0, keys.Length), rows);
        Assert.Equal(Enumerable.Range(0, keys.Length), keys.Select(table.RowOf));
        Assert.Equal(-1, table.RowOf((100 * SameBucket) + 1));
        Assert.Equal(0, table.RowsOf([(100 * SameBucket) + 1], rows));
    }

    [Fact]
    public void RowsOf_ZeroWhichMarksFreePlaces_IsUnknown()
    {
        var table = new FeatureTable([5, 7, 9]);

        Assert.Equal(0, table.RowsOf([0, 0], new int[2]));
        Assert.Equal(-1, table.RowOf(0));
    }

    [Fact]
    public void RowOf_KeyGivenTwice_TheLastRowCounts() => Assert.Equal(1, new FeatureTable([5, 5]).RowOf(5));

    [Fact]
    public void RowOf_NothingKnown_AnswersMinusOne() => Assert.Equal(-1, new FeatureTable([]).RowOf(1));
}
