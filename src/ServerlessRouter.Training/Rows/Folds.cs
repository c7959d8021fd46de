namespace ServerlessRouter.Training.Rows;

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

    /// <summary>A fold for each row such that no group is torn apart, of sizes as equal as that allows: the largest group first.</summary>
    public static int[] ByGroup(IReadOnlyList<string> groupOf, int folds) => Fill(groupOf, [.. Groups(groupOf).OrderByDescending(group => group.Count)], folds);

    /// <summary>As above, the groups in an order by lot: other seeds leave out other groups together.</summary>
    public static int[] ByGroup(IReadOnlyList<string> groupOf, int folds, ulong seed)
    {
        var groups = Groups(groupOf);
        return Fill(groupOf, [.. SeededRandom.Order(groups.Count, seed).Select(place => groups[place])], folds);
    }

    private static List<(string Name, int Count)> Groups(IReadOnlyList<string> groupOf) =>
        [.. groupOf.CountBy(group => group).Select(group => (group.Key, group.Value)).OrderBy(group => group.Key, StringComparer.Ordinal)];

    /// <summary>Each group into the emptiest fold.</summary>
    private static int[] Fill(IReadOnlyList<string> groupOf, List<(string Name, int Count)> groups, int folds)
    {
        var filled = new int[folds];
        var foldOfGroup = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (name, count) in groups)
        {
            var fold = Array.IndexOf(filled, filled.Min());
            foldOfGroup[name] = fold;
            filled[fold] += count;
        }

        return groupOf.Select(group => foldOfGroup[group]).ToArray();
    }
}
