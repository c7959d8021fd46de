namespace ServerlessRouter.LocalHost.Starting;

/// <summary>Makes of the names that others give their models names that a configuration takes.</summary>
internal static class ModelNames
{
    /// <summary>A name as it may be written here: what clients ask for by a suffix, and letters that no header takes, are replaced.</summary>
    public static string Cleaned(string name)
    {
        var cleaned = string.Concat(name.Select(static letter => letter is > ' ' and <= '~' and not '"' ? letter : '-'));
        foreach (var suffix in new[] { ":nitro", ":floor", ":exacto" })
        {
            if (cleaned.EndsWith(suffix, StringComparison.Ordinal))
                cleaned = $"{cleaned[..^suffix.Length]}-{suffix[1..]}";
        }

        return cleaned.Length > 128 ? cleaned[..128] : cleaned;
    }
}
