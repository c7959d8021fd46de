using System.Collections.Frozen;
using System.Collections.Immutable;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Providers;
using ServerlessRouter.Testing.Wire;

namespace ServerlessRouter.Core.Tests.Dispatch;

/// <summary>Models, plans and requests of which a test states only what matters.</summary>
internal static class Given
{
    /// <summary>A dollar for a thousand prompt tokens, ten for a thousand answer tokens: figures a test can add up in the head.</summary>
    public static readonly ModelPrice Price = new(1_000, 1_000, 1_000, 10_000);

    public const int PromptTokens = 100;

    public static DeploymentModel Deployment(
        string id, int index = 0, int weight = 1, int priority = 0, string? region = null, int? requestsPerMinute = null, int? tokensPerMinute = null) => new()
        {
            Id = id,
            Index = index,
            Name = id,
            Provider = new ProviderModel { Name = id, Kind = ProviderKinds.Simulated, Credential = Credential.None.Instance, Region = region },
            Weight = weight,
            Priority = priority,
            RequestsPerMinute = requestsPerMinute,
            TokensPerMinute = tokensPerMinute,
        };

    /// <summary>A model with deployments named <c>model/0</c>, <c>model/1</c> …</summary>
    public static LanguageModel Model(
        string name, int deployments = 1, int window = 8000, string balancing = BalancingPolicies.RoundRobin, int? maxOutputTokens = null, ModelPrice? price = null) =>
        Model(name, [.. Enumerable.Range(0, deployments).Select(index => Deployment($"{name}/{index}", index))], window, balancing, maxOutputTokens, price);

    public static LanguageModel Model(
        string name, ImmutableArray<DeploymentModel> deployments, int window = 8000, string balancing = BalancingPolicies.RoundRobin, int? maxOutputTokens = null,
        ModelPrice? price = null) => new()
    {
        Name = name,
        Index = 0,
        Price = price ?? Price,
        ContextWindow = window,
        MaxOutputTokens = maxOutputTokens,
        Capabilities = Capabilities.Streaming,
        QualityByTask = [.. Enumerable.Repeat(0.5f, TaskKinds.Count)],
        DefaultQuality = 0.5f,
        Balancing = balancing,
        Deployments = deployments,
        Parameters = ParameterAdaptation.Nothing,
    };

    public static RouterModel Router(params LanguageModel[] models) => new()
    {
        Version = "test",
        Providers = [],
        Models = [.. models],
        Routes = [],
        Tiers = [],
        Targets = FrozenDictionary<string, RouteModel>.Empty,
        ModelsByName = FrozenDictionary<string, LanguageModel>.Empty,
        CallersByKeyHash = FrozenDictionary<string, CallerModel>.Empty,
        AnonymousTier = new TierModel { Name = "anonymous" },
        MaxRequestBytes = 1 << 20,
    };

    /// <summary>A request whose plan tries the models in order.</summary>
    public static RequestContext Request(
        TimeProvider time, IReadOnlyList<LanguageModel> models, bool isStream = false, RouteLimits? limits = null, bool movesOnAfterFilter = false,
        IDeploymentFilter? filter = null, string? clientAddress = null, params (string Name, string Value)[] headers) =>
        new("request", Router([.. models]), ScannedRequest.Of(ChatBodies.For(isStream)), new GivenHeaders(headers), time.GetTimestamp())
        {
            ClientAddress = clientAddress,
            Profile = new RequestProfile { PromptTokens = PromptTokens },
            Route = new RouteModel
            {
                Name = "auto",
                Rules = [],
                Candidates = [.. models],
                Objective = new ObjectiveModel { Policy = "cost" },
                Fallbacks = [],
                Limits = limits ?? RouteLimits.Default,
                MovesOnAfterContentFilter = movesOnAfterFilter,
                NeedsProfile = true,
            },
            Plan = new RoutePlan
            {
                Candidates = [.. models.Select(model => new PlannedCandidate(model, 0.5f, 0, null, 0, "", false))],
                Exclusions = [],
                Objective = "cost",
                DeploymentFilter = filter,
            },
        };

    /// <summary>The route, and a second request where the first is slow.</summary>
    public static RouteModel Hedging(RouteModel route, HedgeModel hedge) => new()
    {
        Name = route.Name,
        Rules = route.Rules,
        Candidates = route.Candidates,
        Objective = route.Objective,
        Fallbacks = route.Fallbacks,
        Limits = route.Limits,
        Hedge = hedge,
        NeedsProfile = route.NeedsProfile,
    };

    /// <summary>An attempt at a deployment, as balancing leaves it.</summary>
    public static AttemptContext Attempt(
        TimeProvider time, LanguageModel model, DeploymentModel? deployment = null, DeploymentChoice choice = DeploymentChoice.Fresh, AttemptReason reason = AttemptReason.First) =>
        new(Request(time, [model]), model, choice) { Reason = reason, Deployment = deployment ?? model.Deployments[0], StartedAt = time.GetTimestamp() };
}
