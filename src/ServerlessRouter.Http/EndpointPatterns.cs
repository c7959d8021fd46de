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

    /// <summary>OpenAI's files, which batches are made of.</summary>
    public const string Files = "v1/files";

    public const string File = "v1/files/{id}";

    public const string FileContent = "v1/files/{id}/content";

    public const string Batches = "v1/batches";

    public const string Batch = "v1/batches/{id}";

    public const string BatchCancellation = "v1/batches/{id}/cancel";

    /// <summary>Where a request that is answered later is asked for; batches too.</summary>
    public const string Job = "v1/jobs/{id}";

    public const string Usage = "v1/usage";

    public const string Requests = "v1/requests";

    /// <summary>Callers name requests, and names may contain slashes.</summary>
    public const string Request = "v1/requests/{**id}";

    /// <summary>Paths of the admin; not under <c>admin/</c> itself, which the Functions host keeps for its own.</summary>
    public const string AdminConfiguration = "v1/admin/configuration";

    public const string AdminConfigurationVersions = "v1/admin/configuration/versions";

    public const string AdminConfigurationVersion = "v1/admin/configuration/versions/{version}";

    public const string AdminConfigurationActivation = "v1/admin/configuration/versions/{version}/activate";

    public const string Healthz = "healthz";

    public const string Readyz = "readyz";

    /// <summary>Every path; for what no other pattern takes.</summary>
    public const string Any = "{**path}";

    internal const string Admin = "/v1/admin";
    internal const string AzureDeployments = "/openai/deployments";
    internal const string AzureDeploymentName = "name";
    internal const string ModelId = "id";
    internal const string ThingId = "id";
    internal const string Jobs = "v1/jobs";
    internal const string ConfigurationVersion = "version";
}
