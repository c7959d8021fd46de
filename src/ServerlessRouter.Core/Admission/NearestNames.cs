using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Admission;

/// <summary>Tells a caller who mistyped a name which names it probably meant, of those it may use.</summary>
internal static class NearestNames
{
    private const int MostSuggestions = 3;

    /// <summary>Longer names are no typing mistakes, and comparing them costs.</summary>
    private const int LongestCompared = 80;

    public static RouterError NotFound(RouterModel router, TierModel tier, string name, string param)
    {
        var shown = name.Length <= LongestCompared ? name : $"{name.AsSpan(0, LongestCompared)}…";
        var nearest = Find(router, tier, name);
        var hint = nearest.Count == 0 ? "" : $" Did you mean {string.Join(", ", nearest.Select(static near => $"'{near}'"))}?";
        return new RouterError(RouterErrorCode.ModelNotFound, $"There is no route or model '{shown}'.{hint} GET /v1/models lists what this key may use.") { Param = param };
    }

    private static List<string> Find(RouterModel router, TierModel tier, string name)
    {
        if (name.Length > LongestCompared)
            return [];
        var colon = name.LastIndexOf(':');
        var withoutSuffix = colon > 0 ? name[..colon] : name;
        var furthest = Math.Max(2, withoutSuffix.Length / 2);
        return
        [
            .. router.Targets.Keys
                .Where(candidate => tier.Allows(candidate) && candidate.Length <= LongestCompared)
                .Select(candidate => (Name: candidate, Distance: Math.Min(Distance(name, candidate), Distance(withoutSuffix, candidate))))
                .Where(candidate => candidate.Distance <= furthest)
                .OrderBy(static candidate => candidate.Distance)
                .ThenBy(static candidate => candidate.Name, StringComparer.Ordinal)
                .Take(MostSuggestions)
                .Select(static candidate => candidate.Name),
        ];
    }

    /// <summary>Letters to insert, delete or replace (Levenshtein), case ignored.</summary>
    private static int Distance(string left, string right)
    {
        Span<int> row = stackalloc int[LongestCompared + 1];
        for (var column = 0; column <= right.Length; column++)
            row[column] = column;

        for (var line = 1; line <= left.Length; line++)
        {
            var diagonal = row[0];
            row[0] = line;
            for (var column = 1; column <= right.Length; column++)
            {
                var isSame = char.ToLowerInvariant(left[line - 1]) == char.ToLowerInvariant(right[column - 1]);
                var replaced = diagonal + (isSame ? 0 : 1);
                diagonal = row[column];
                row[column] = Math.Min(replaced, Math.Min(row[column], row[column - 1]) + 1);
            }
        }

        return row[right.Length];
    }
}
