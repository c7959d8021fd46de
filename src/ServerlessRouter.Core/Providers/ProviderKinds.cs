using System.Collections.Immutable;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Providers.Anthropic;
using ServerlessRouter.Providers.AzureOpenAI;
using ServerlessRouter.Providers.OpenAI;
using ServerlessRouter.Providers.Responses;
using ServerlessRouter.Providers.Simulated;
using ServerlessRouter.Providers.Upstream;

namespace ServerlessRouter.Providers;

/// <summary>The kinds of provider there are, one row each: all that is particular to a kind besides how its schema is mapped.</summary>
public static class ProviderKinds
{
    private const string ChatCompletions = "chat/completions";
    private const string Responses = "responses";

    /// <summary>Any vendor with OpenAI's chat completions.</summary>
    public static ProviderKind OpenAI { get; } = new ProviderRow
    {
        Name = "openai",
        Schema = WireSchema.Chat,
        Title = "OpenAI",
        Access = new ProviderAccess
        {
            DefaultEndpoint = "https://api.openai.com/v1/",
            EndpointHint = "the address that chat/completions stands below, for example https://api.openai.com/v1/",
            OperationSuffixes = [ChatCompletions, Responses],
            OperationRoot = null,
            KeyHeader = "Authorization",
            KeyPrefix = "Bearer ",
            EntraScope = null,
            MayLackCredentialOnThisMachine = true,
            KeyVariables = ["OPENAI_API_KEY"],
            EndpointVariables = ["OPENAI_BASE_URL"],
        },
        OwnMembers = [KindMembers.Responses],
        UnsupportedParameters = [],
        HasResponses = true,
        Chat = static parts => parts.OverHttp(new OpenAIMapper(new ResponsesMapper(static deployment => new Uri(deployment.Provider.Endpoint!, Responses), parts.Time))),
        Embeddings = static parts => parts.OverHttp(new EmbeddingsMapper(new OpenAIMapper())),
    };

    /// <summary>Azure OpenAI, either path shape.</summary>
    public static ProviderKind AzureOpenAI { get; } = new ProviderRow
    {
        Name = "azure-openai",
        Schema = WireSchema.Chat,
        Title = "Azure OpenAI",
        TelemetryName = "azure.ai.openai",
        Access = new ProviderAccess
        {
            DefaultEndpoint = null,
            EndpointHint = "the resource's address, for example https://NAME.openai.azure.com/",
            OperationSuffixes = [ChatCompletions, Responses],
            OperationRoot = "openai/",
            KeyHeader = "api-key",
            KeyPrefix = "",
            EntraScope = "https://cognitiveservices.azure.com/.default",
            MayLackCredentialOnThisMachine = false,
            KeyVariables = ["AZURE_OPENAI_API_KEY"],
            EndpointVariables = ["AZURE_OPENAI_ENDPOINT"],
        },
        OwnMembers = [KindMembers.ApiVersion, KindMembers.Responses],
        UnsupportedParameters = [],
        HasResponses = true,
        Chat = static parts => parts.OverHttp(new AzureOpenAIMapper(new ResponsesMapper(AzureOpenAIMapper.ResponsesAddressOf, parts.Time))),
        Embeddings = static parts => parts.OverHttp(new EmbeddingsMapper(new AzureOpenAIMapper())),
    };

    /// <summary>Anthropic's Messages API.</summary>
    public static ProviderKind Anthropic { get; } = new ProviderRow
    {
        Name = "anthropic",
        Schema = WireSchema.Messages,
        Title = "Anthropic",
        Access = new ProviderAccess
        {
            DefaultEndpoint = "https://api.anthropic.com/v1/",
            EndpointHint = "the address that messages stands below, for example https://api.anthropic.com/v1/",
            OperationSuffixes = [ChatCompletions, "messages"],
            OperationRoot = null,
            KeyHeader = "x-api-key",
            KeyPrefix = "",
            EntraScope = "https://ai.azure.com/.default",
            EntraHosts = ".services.ai.azure.com",
            MayLackCredentialOnThisMachine = true,
            KeyVariables = ["ANTHROPIC_API_KEY"],
            EndpointVariables = ["ANTHROPIC_BASE_URL"],
            ClientsAddVersion = true,
        },
        OwnMembers = [],
        UnsupportedParameters = ["frequency_penalty", "presence_penalty", "logit_bias", "logprobs", "top_logprobs", "n", "seed"],
        Chat = static parts => parts.OverHttp(new AnthropicMapper(parts.Time)),
        Embeddings = null,
    };

    /// <summary>Answers made up on this machine, for trying and testing.</summary>
    public static ProviderKind Simulated { get; } = new ProviderRow
    {
        Name = "simulated",
        Schema = WireSchema.Chat,
        Title = "Simulated",
        Access = null,
        OwnMembers = [KindMembers.Simulation],
        UnsupportedParameters = [],
        Chat = static parts => new SimulatedProvider(parts.Time, parts.Random, parts.Faults),
        Embeddings = static parts => new SimulatedProvider(parts.Time, parts.Random, parts.Faults),
    };

    /// <summary>Those with calls of their own.</summary>
    public static ImmutableArray<ProviderKind> Bases { get; } = [OpenAI, AzureOpenAI, Anthropic, Simulated];

    /// <summary>All of them, the vendors known by name included; configuration may name these.</summary>
    public static ImmutableArray<ProviderKind> All { get; } = [.. Bases, .. Vendors.Like(OpenAI)];
}

/// <summary>A kind of provider with what makes its calls.</summary>
internal sealed class ProviderRow : ProviderKind
{
    /// <summary>Makes what answers chat requests.</summary>
    public required Func<ProviderParts, IChatProvider> Chat { get; init; }

    /// <summary>Makes what answers with vectors in OpenAI's schema; null for a kind without embeddings.</summary>
    public required Func<ProviderParts, IChatProvider>? Embeddings { get; init; }

    public override bool MakesEmbeddings => Embeddings is not null;
}

/// <summary>What the kinds of provider share and are made of.</summary>
internal sealed record ProviderParts(UpstreamConnections Connections, EntraTokenSource EntraTokens, TimeProvider Time, IRandomSource Random)
{
    /// <summary>What is otherwise at simulated providers; null for nothing.</summary>
    public Func<string, DateTimeOffset, SimulatedFault?>? Faults { get; init; }

    /// <summary>A provider that is called over HTTP, in the schema that the mapper knows.</summary>
    public IChatProvider OverHttp(IChatMapper mapper) => new HttpChatProvider(mapper, Connections, EntraTokens, Time);
}
