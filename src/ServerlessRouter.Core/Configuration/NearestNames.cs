namespace ServerlessRouter.Configuration;

/// <summary>Finds the names that a mistyped one was probably meant to be.</summary>
public static class NearestNames
{
    /// <summary>At most three of the known names, nearest first; empty when none is near.</summary>
    public static IReadOnlyList<string> Of(string name, IEnumerable<string> known)
    {
        // A third of the letters may differ: enough for a typo, too little for another word.
        var tolerance = Math.Max(1, name.Length / 3);
        return
        [
            .. known.Select(candidate => (candidate, distance: Distance(name, candidate)))
                .Where(pair => pair.distance <= tolerance || pair.candidate.StartsWith(name, StringComparison.OrdinalIgnoreCase))
                .OrderBy(static pair => pair.distance)
                .ThenBy(static pair => pair.candidate, StringComparer.Ordinal)
                .Take(3)
                .Select(static pair => pair.candidate),
        ];
    }

    /// <summary>Letters to insert, delete, replace or swap; the case of a letter does not count.</summary>
    private static int Distance(string left, string right)
    {
        // Two rows back for the swap of neighbours.
        int[] twoBack = new int[right.Length + 1], back = new int[right.Length + 1], row = new int[right.Length + 1];
        for (var column = 0; column <= right.Length; column++)
            back[column] = column;
        for (var line = 1; line <= left.Length; line++)
        {
            row[0] = line;
            for (var column = 1; column <= right.Length; column++)
            {
                var replace = back[column - 1] + (SameLetter(left[line - 1], right[column - 1]) ? 0 : 1);
                row[column] = Math.Min(replace, Math.Min(back[column], row[column - 1]) + 1);
                if (line > 1 && column > 1 && SameLetter(left[line - 1], right[column - 2]) && SameLetter(left[line - 2], right[column - 1]))
                    row[column] = Math.Min(row[column], twoBack[column - 2] + 1);
            }

            (twoBack, back, row) = (back, row, twoBack);
        }

        return back[right.Length];
    }

    private static bool SameLetter(char left, char right) => char.ToLowerInvariant(left) == char.ToLowerInvariant(right);
}
