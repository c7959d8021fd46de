namespace ServerlessRouter.Configuration;

/// <summary>The names <c>providers.*.kind</c> may have.</summary>
public static class ProviderKinds
{
    /// <summary>Any vendor with OpenAI's chat completions.</summary>
    public const string OpenAI = "openai";

    /// <summary>Azure OpenAI, either path shape.</summary>
    public const string AzureOpenAI = "azure-openai";

    /// <summary>Anthropic's Messages API.</summary>
    public const string Anthropic = "anthropic";

    /// <summary>Answers made up on this machine, for trying and testing.</summary>
    public const string Simulated = "simulated";

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> All { get; } = [OpenAI, AzureOpenAI, Anthropic, Simulated];

    /// <summary>Those with OpenAI's embeddings beside their chat.</summary>
    public static IReadOnlyList<string> WithEmbeddings { get; } = [OpenAI, AzureOpenAI];
}
