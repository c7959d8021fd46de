namespace ServerlessRouter.Configuration;

/// <summary>The names <c>constraints.dataCollection</c> may have; OpenRouter's for a request.</summary>
public static class DataCollectionRules
{
    /// <summary>Vendors may keep prompts or train on them.</summary>
    public const string Allow = "allow";

    /// <summary>They may not.</summary>
    public const string Deny = "deny";

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> All { get; } = [Allow, Deny];
}
