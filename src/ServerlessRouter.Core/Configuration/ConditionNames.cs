namespace ServerlessRouter.Configuration;

/// <summary>The names the members of a rule's <c>when</c> may have.</summary>
public static class ConditionNames
{
    public const string Task = "task";
    public const string Tier = "tier";
    public const string Language = "language";

    /// <summary>Range over difficulty 0..1.</summary>
    public const string Difficulty = "difficulty";

    /// <summary>Range over the classifier's confidence 0..1.</summary>
    public const string Confidence = "confidence";

    /// <summary>Range over estimated prompt tokens.</summary>
    public const string PromptTokens = "promptTokens";

    /// <summary>Range over turns.</summary>
    public const string Turns = "turns";

    /// <summary>Capabilities the request needs, all of them: each becomes a condition of its own.</summary>
    public const string Needs = "needs";

    /// <summary>Object of header name to accepted values.</summary>
    public const string Headers = "headers";

    /// <summary>Object of metadata key to accepted values (the request's <c>metadata</c> object).</summary>
    public const string Metadata = "metadata";

    /// <summary>Object of top-level request parameter to accepted values or a range.</summary>
    public const string Parameters = "parameters";

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> All { get; } =
        [Task, Tier, Language, Difficulty, Confidence, PromptTokens, Turns, Needs, Headers, Metadata, Parameters];
}
