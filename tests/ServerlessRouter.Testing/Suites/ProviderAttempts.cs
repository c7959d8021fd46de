using System.Collections.Frozen;
using System.Collections.Immutable;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Testing.Suites;

/// <summary>Attempts as a provider gets them: a request, a model with one deployment, and nothing else that matters.</summary>
public static class ProviderAttempts
{
    /// <summary>The name the vendor knows the deployment by.</summary>
    public const string DeploymentName = "vendor-model";

    private const int Window = 128_000;

    public static LanguageModel Model(ProviderModel provider, ParameterAdaptation? parameters = null, Capabilities capabilities = Capabilities.Streaming, bool onlyResponses = false) => new()
    {
        Name = "model",
        Index = 0,
        Price = new ModelPrice(1, 1, 1, 1),
        ContextWindow = Window,
        MaxOutputTokens = null,
        Capabilities = capabilities,
        QualityByTask = [],
        DefaultQuality = 0,
        Balancing = "weighted",
        Deployments = [new DeploymentModel { Id = $"{provider.Name}/{DeploymentName}", Index = 0, Provider = provider, Name = DeploymentName, OnlyResponses = onlyResponses }],
        Parameters = parameters ?? ParameterAdaptation.Nothing,
    };

    public static AttemptContext Of(ChatRequest request, LanguageModel model, IRequestHeaders? headers = null)
    {
        var tier = new TierModel { Name = "everyone" };
        var router = new RouterModel
        {
            Version = "1",
            Providers = [model.Deployments[0].Provider],
            Models = [model],
            Routes = ImmutableArray<RouteModel>.Empty,
            Tiers = [tier],
            Targets = FrozenDictionary<string, RouteModel>.Empty,
            ModelsByName = FrozenDictionary<string, LanguageModel>.Empty,
            CallersByKeyHash = FrozenDictionary<string, CallerModel>.Empty,
            AnonymousTier = tier,
            MaxRequestBytes = int.MaxValue,
        };
        var context = new RequestContext("request-1", router, request, headers ?? new CallerHeaders(), receivedAt: 0);
        return new AttemptContext(context, model, DeploymentChoice.Fresh) { Deployment = model.Deployments[0] };
    }
}
