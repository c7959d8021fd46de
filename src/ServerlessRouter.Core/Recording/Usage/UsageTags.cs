using System.Collections.Frozen;

namespace ServerlessRouter.Recording.Usage;

/// <summary>Tags of a key as one text, which is the same for the same tags: <c>NAME=VALUE</c>, a line each, by name. Neither names nor values hold line breaks or equals signs.</summary>
internal static class UsageTags
{
    private const char Separator = '\n';
    private const char Equal = '=';

    /// <summary>Null for none.</summary>
    public static string? Write(FrozenDictionary<string, string> tags) =>
        tags.Count == 0 ? null : string.Join(Separator, tags.OrderBy(static tag => tag.Key, StringComparer.Ordinal).Select(static tag => $"{tag.Key}{Equal}{tag.Value}"));

    /// <summary>Null where there is no tag of the name.</summary>
    public static string? ValueOf(string? tags, string name)
    {
        foreach (var line in tags.AsSpan().Split(Separator))
        {
            var tag = tags.AsSpan()[line];
            if (tag.Length > name.Length && tag[name.Length] == Equal && tag.StartsWith(name, StringComparison.Ordinal))
                return tag[(name.Length + 1)..].ToString();
        }

        return null;
    }

    /// <summary>Those of these names alone; null for none.</summary>
    public static string? Only(string? tags, IReadOnlyList<string> names)
    {
        if (tags is null)
            return null;
        var left = tags.Split(Separator).Where(tag => names.Contains(tag[..tag.IndexOf(Equal, StringComparison.Ordinal)]));
        return string.Join(Separator, left) is { Length: > 0 } text ? text : null;
    }
}
