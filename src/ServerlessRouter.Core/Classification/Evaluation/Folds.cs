using ServerlessRouter.Classification.Learning;

namespace ServerlessRouter.Classification.Evaluation;

/// <summary>Which rows are left out together.</summary>
internal static class Folds
{
    /// <summary>A fold for each row by lot, of equal sizes.</summary>
    public static int[] ByLot(int rows, int folds, ulong seed)
    {
        var order = SeededRandom.Order(rows, seed);
        var foldOf = new int[rows];
        for (var place = 0; place < rows; place++)
            foldOf[order[place]] = place % folds;
        return foldOf;
    }

    /// <summary>A fold for each row such that no group is torn apart: the largest group first, each into the emptiest fold.</summary>
    public static int[] ByGroup(IReadOnlyList<string> groupOf, int folds)
    {
        var filled = new int[folds];
        var foldOfGroup = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var group in groupOf.GroupBy(group => group).OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal))
        {
            var fold = Array.IndexOf(filled, filled.Min());
            foldOfGroup[group.Key] = fold;
            filled[fold] += group.Count();
        }

        return groupOf.Select(group => foldOfGroup[group]).ToArray();
    }
}
