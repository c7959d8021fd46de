namespace ServerlessRouter.Providers.Anthropic;

/// <summary>Names of tools as the vendor takes them: <c>^[a-zA-Z0-9_-]{1,128}$</c>.</summary>
internal static class ToolNames
{
    public const int MaxLength = 128;

    public static bool IsLegal(string name) => name.Length is > 0 and <= MaxLength && name.All(IsLegal);

    /// <summary>A name of the history, made legal; the caller need not know it again, for it is never called by it.</summary>
    public static string Legal(string name, CallPlace place, TranslationNotes notes)
    {
        var legal = Legal(name);
        if (notes.IsRead && legal != name)
            notes.Change($"{place}.name", name, legal);
        return legal;
    }

    /// <summary>The name with the vendor's characters alone.</summary>
    public static string Legal(string name) => IsLegal(name) ? name : string.Concat(name.Take(MaxLength).Select(static character => IsLegal(character) ? character : '_'));

    private static bool IsLegal(char character) => char.IsAsciiLetterOrDigit(character) || character is '_' or '-';
}
