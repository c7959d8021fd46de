namespace ServerlessRouter.Configuration.Written;

/// <summary>Walks over what was written and fits: absent members are empty, malformed values are left out.</summary>
internal static class WrittenEntries
{
    public static IEnumerable<(string Name, T Value)> Entries<T>(this OrderedDictionary<string, T?>? map) where T : class
    {
        foreach (var (name, value) in map ?? [])
        {
            if (value is not null)
                yield return (name, value);
        }
    }

    public static IEnumerable<(int Place, T Value)> Entries<T>(this IReadOnlyList<T?>? list) where T : class
    {
        for (var place = 0; place < (list?.Count ?? 0); place++)
        {
            if (list![place] is { } value)
                yield return (place, value);
        }
    }

    public static IEnumerable<string> Names<T>(this OrderedDictionary<string, T>? map) => map?.Keys ?? Enumerable.Empty<string>();
}
