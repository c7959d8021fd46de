namespace ServerlessRouter.Configuration;

/// <summary>Lists kinds of provider in the words of sentences: what their rows say, for messages and for the schema that editors show.</summary>
internal static class KindLists
{
    /// <summary>For example <c>azure-openai</c>.</summary>
    public static string TakingEntra(IEnumerable<ProviderKind> kinds) => Names(kinds.Where(static kind => kind.Access is { TakesEntra: true }), "and");

    /// <summary>For example <c>simulated</c>.</summary>
    public static string Owning(string member, IEnumerable<ProviderKind> kinds) => Names(kinds.Where(kind => kind.OwnMembers.Contains(member)), "and");

    /// <summary>Replaces the words in braces in a member's description by what the rows say.</summary>
    public static string Fill(string description, IReadOnlyList<ProviderKind> kinds) => !description.Contains('{', StringComparison.Ordinal)
        ? description
        : description
            .Replace("{endpoints}", Endpoints(kinds), StringComparison.Ordinal)
            .Replace("{local}", Marked(kinds.Where(static kind => kind.Access is null), "and"), StringComparison.Ordinal)
            .Replace("{entra}", Marked(kinds.Where(static kind => kind.Access is { TakesEntra: true }), "and"), StringComparison.Ordinal)
            .Replace("{embeddings}", Marked(kinds.Where(static kind => kind.MakesEmbeddings), "or"), StringComparison.Ordinal)
            .Replace("{simulation}", Marked(kinds.Where(static kind => kind.OwnMembers.Contains(KindMembers.Simulation)), "or"), StringComparison.Ordinal);

    private static string Endpoints(IReadOnlyList<ProviderKind> kinds) =>
        string.Join(", ", kinds.Where(static kind => kind.Access is { DefaultEndpoint: not null }).Select(static kind => $"`{kind.Access!.DefaultEndpoint}` for `{kind}`"))
        + $"; none for {Marked(kinds.Where(static kind => kind.Access is null), "and")}";

    private static string Marked(IEnumerable<ProviderKind> kinds, string conjunction) => string.Join($" {conjunction} ", kinds.Select(static kind => $"`{kind}`"));

    private static string Names(IEnumerable<ProviderKind> kinds, string conjunction) => string.Join($" {conjunction} ", kinds.Select(static kind => kind.Name));
}
