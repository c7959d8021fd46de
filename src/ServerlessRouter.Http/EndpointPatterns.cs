namespace ServerlessRouter.Http;

/// <summary>The paths the router serves, as constants, because a host may need them in attributes; without the leading slash.</summary>
public static class EndpointPatterns
{
    public const string ChatCompletions = "v1/chat/completions";

    /// <summary>Azure's newer path; the model stands in the body.</summary>
    public const string AzureChatCompletions = "openai/v1/chat/completions";

    /// <summary>Azure's older path; the name in it is what the caller asks for, whatever the body says.</summary>
    public const string AzureDeploymentChatCompletions = "openai/deployments/{name}/chat/completions";

    public const string Models = "v1/models";

    /// <summary>Names may contain slashes.</summary>
    public const string Model = "v1/models/{**id}";

    public const string AzureModels = "openai/v1/models";

    public const string Route = "v1/route";

    public const string Feedback = "v1/feedback";

    public const string Healthz = "healthz";

    public const string Readyz = "readyz";

    /// <summary>Every path; for what no other pattern takes.</summary>
    public const string Any = "{**path}";

    internal const string AzureDeployments = "/openai/deployments";
    internal const string AzureDeploymentName = "name";
    internal const string ModelId = "id";
}
