using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
using ServerlessRouter.Classification.Models;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Configuration.Validation;
using ServerlessRouter.Configuration.Written;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Configuration.Loading;

/// <summary>Makes the model of a configuration that was found valid: defaults filled in, every name resolved.</summary>
/// <remarks>In the order of dependence: providers, models, routes, tiers, keys.</remarks>
internal sealed class RouterModelBuilder(RouterConfig config, IReadOnlyList<ProviderKind> kinds, ResolvedSecrets secrets, AnonymousCallers anonymousCallers, OutcomeFile? weights = null, EmbeddingHead? head = null)
{
    private readonly OutcomeQuality? _outcomes = weights?.For([.. config.Models.Names()]);

    /// <summary>What of the configuration is from the catalogue.</summary>
    public required CatalogueUse Use { get; init; }

    /// <summary>The version of the catalogue; empty where no price is from it.</summary>
    public required string CatalogueVersion { get; init; }

    public RouterModel Build(string version)
    {
        var providers = config.Providers.Entries().Select(entry => Provider(entry.Name, entry.Value)).ToImmutableArray();
        var providersByName = providers.ToFrozenDictionary(static provider => provider.Name);
        var models = config.Models.Entries().Select((entry, index) => Model(entry.Name, index, entry.Value, providersByName, version)).ToImmutableArray();
        var modelsByName = models.ToFrozenDictionary(static model => model.Name);
        var routes = config.Routes.Entries().Select(entry => RouteBuilder.Build(entry.Name, entry.Value, modelsByName)).ToImmutableArray();
        var tiers = Tiers();
        var callers = new CallerBuilder(tiers);
        return new RouterModel
        {
            Version = version,
            Providers = providers,
            Models = models,
            Routes = routes,
            Tiers = tiers,
            Targets = routes.Concat(models.Select(RouteBuilder.Implicit)).ToFrozenDictionary(static route => route.Name),
            ModelsByName = modelsByName,
            CallersByKeyHash = Callers(callers),
            AdminsByKeyHash = config.AdminKeys.Entries().ToFrozenDictionary(entry => KeyHash.Of(entry.Value.Secret!, secrets), static entry => Admin(entry.Name, entry.Value)),
            SecretsLikeIssued =
            [
                .. LikeIssued("keys", config.Keys.Entries().Select(static entry => (entry.Name, entry.Value.Secret!)), isAdmin: false),
                .. LikeIssued("adminKeys", config.AdminKeys.Entries().Select(static entry => (entry.Name, entry.Value.Secret!)), isAdmin: true),
            ],
            Entra = config.Entra is { } entra ? Entra(entra, tiers) : null,
            KeyTerms = new KeyTerms(callers, kinds, [.. tiers], [.. config.Routes.Names(), .. config.Models.Names()]),
            SharedLimits = LimitBuilder.Shared(config.Limits),
            EndUserHeader = config.Server?.EndUserHeader,
            AnonymousCallers = anonymousCallers,
            AnonymousTier = tiers.First(static tier => tier.Name == TierModel.DefaultName),
            QualityPredictor = _outcomes,
            Embeddings = Embeddings(modelsByName),
            Corrections = CorrectionModes.Parse(config.Quality?.Corrections),
            HasRouteConstraints = routes.Any(static route => route.Constraints is not null),
            Webhooks = Webhooks(),
            HasDashboard = config.Dashboard ?? true,
            Alerts = config.Alerts is { } alerts ? new AlertsBuilder(secrets).Build(alerts) : AlertsModel.Default,
            RecordDays = config.Records?.KeepDays ?? 0,
            AuditDays = config.Audit?.KeepDays ?? RouterModel.DefaultAuditDays,
            Queue = Queue(),
            Probes = Probes(config.Probes ?? new ProbesConfig()),
            MaxRequestBytes = config.Server?.MaxRequestBytes ?? RouterModel.DefaultMaxRequestBytes,
            MaxAnswerBytes = (config.Server?.MaxAnswerMebibytes ?? RouterModel.DefaultMaxAnswerMebibytes) * 1024 * 1024,
            MaxMemoryBytes = (config.Server?.MaxMemoryMebibytes ?? RouterModel.DefaultMaxMemoryMebibytes) * 1024L * 1024,
            MaxDataBytes = (config.Server?.MaxDataMebibytes ?? RouterModel.DefaultMaxDataMebibytes) * 1024L * 1024,
            MaxBodiesBytes = (config.Server?.MaxBodiesMebibytes ?? RouterModel.DefaultMaxBodiesMebibytes) * 1024L * 1024,
            MaxWait = TimeSpan.FromSeconds(config.Server?.MaxWaitSeconds ?? RouterModel.DefaultMaxWaitSeconds),
            MaxWaitingRequests = config.Server?.MaxWaitingRequests ?? RouterModel.DefaultMaxWaitingRequests,
            MaxConnections = config.Server?.MaxConnections ?? RouterModel.DefaultMaxConnections,
            CountsTokensExactly = config.Server?.ExactTokenCounts ?? false,
            CorsOrigins = config.Server?.Cors?.Origins is { } origins ? origins.Entries().Select(static entry => WebOrigin.Parse(entry.Value)!.Value.Text).ToFrozenSet() : null,
        };
    }

    /// <summary>What was written and validated; <paramref name="owner"/> is who demands it, for people: <c>tier free</c>.</summary>
    public static ConstraintsModel Constraints(ConstraintsConfig written, string owner) => new()
    {
        Owner = owner,
        Regions = written.Regions?.OfType<string>().ToFrozenSet(StringComparer.OrdinalIgnoreCase),
        DeniesDataCollection = written.DataCollection == DataCollectionRules.Deny,
        RequiresZeroDataRetention = written.ZeroDataRetention ?? false,
    };

    private ProviderModel Provider(string name, ProviderConfig written) => Provider(name, kinds.First(kind => kind.Name == written.Kind), written);

    private ProviderModel Provider(string name, ProviderKind kind, ProviderConfig written) => new()
    {
        Name = name,
        Kind = kind,
        Endpoint = (written.Endpoint ?? kind.Access?.DefaultEndpoint) is { } endpoint ? ProviderEndpoints.Parse(endpoint) : null,
        Credential = written.Credential switch
        {
            null or CredentialNames.None => Credential.None.Instance,
            CredentialNames.Entra => Credential.Entra.Instance,
            var reference => new Credential.ApiKey(secrets[SecretReference.Parse(reference)!.Value].Secret!, reference),
        },
        Region = written.Region,
        ApiVersion = written.ApiVersion,
        HasResponses = written.Responses ?? (kind.HasResponses && written.Endpoint is null),
        CollectsData = written.DataCollection ?? false,
        HasZeroDataRetention = written.ZeroDataRetention ?? false,
        Proxy = Proxy(written.Proxy),
        Additions = Additions(written),
        Simulation = kind.OwnMembers.Contains(KindMembers.Simulation) ? Simulation(written.Simulation ?? new SimulationConfig()) : null,
    };

    private ProxyChoice Proxy(string? written) => written switch
    {
        null => ProxyChoice.FromEnvironment.Instance,
        ProxyChoice.NoneName => ProxyChoice.None.Instance,
        _ => new ProxyChoice.At(ProxyChoice.ParseAddress(SecretText.Parse(written).Resolve(secrets))!),
    };

    private ProviderAdditions Additions(ProviderConfig written) => written is { Headers: null, Query: null }
        ? ProviderAdditions.None
        : new ProviderAdditions(
            [.. written.Headers.Entries().Select(entry => KeyValuePair.Create(entry.Name, SecretText.Parse(entry.Value).Resolve(secrets)))],
            string.Join('&', written.Query.Entries().Select(entry => $"{Uri.EscapeDataString(entry.Name)}={Uri.EscapeDataString(SecretText.Parse(entry.Value).Resolve(secrets))}")));

    private static SimulationModel Simulation(SimulationConfig written) => new()
    {
        FirstTokenLatency = TimeSpan.FromMilliseconds(written.FirstTokenMilliseconds ?? SimulationModel.DefaultFirstTokenMilliseconds),
        TokensPerSecond = written.TokensPerSecond ?? SimulationModel.DefaultTokensPerSecond,
        FailureRate = written.FailureRate ?? 0,
    };

    private LanguageModel Model(string name, int index, ModelConfig written, FrozenDictionary<string, ProviderModel> providers, string version) => new()
    {
        Name = name,
        Index = index,
        Price = ListPrices.Of(written.Price!),
        PriceVersion = Use.Priced.Contains(name) ? CatalogueVersion : version,
        ContextWindow = written.ContextWindow!.Value,
        MaxOutputTokens = written.MaxOutputTokens,
        Capabilities = ModelAbilities.Of(written),
        QualityByTask = [.. TaskKinds.WireNames.ToArray().Select(task => (float)WrittenQuality.Of(written, task))],
        LearntQualityByTask = [.. Enum.GetValues<TaskKind>().Select(task => LearntQualityOf(index, written, task))],
        DefaultQuality = (float)WrittenQuality.Of(written, null),
        StatesQuality = StatesQuality(written),
        Balancing = written.Balancing ?? BalancingPolicies.Default,
        KeepsConversations = written.CacheAffinity ?? true,
        Deployments = [.. written.Deployments.Entries().Select(entry => Deployment(name, entry.Place, entry.Value, providers[entry.Value.Provider!], written))],
        Parameters = Parameters(written),
        Tokenizer = Use.Tokenizers.GetValueOrDefault(name),
    };

    private float LearntQualityOf(int model, ModelConfig written, TaskKind task)
    {
        var configured = (float)WrittenQuality.Of(written, task.ToWireName());
        return _outcomes?.QualityAt(model, task, configured, StatesQuality(written)) ?? configured;
    }

    private static bool StatesQuality(ModelConfig written) => written.Quality is { Count: > 0 };

    private DeploymentModel Deployment(string model, int index, DeploymentConfig written, ProviderModel provider, ModelConfig owner) => new()
    {
        Id = $"{written.Provider}/{written.Name ?? model}",
        Index = index,
        Provider = provider,
        Parameters = VendorParameters.Of(Parameters(owner), provider.Kind, Use.Deployments.GetValueOrDefault((model, index))),
        ReasoningForm = Use.Deployments.GetValueOrDefault((model, index))?.Reasoning?.Form,
        Name = written.Name ?? model,
        OnlyResponses = written.Responses ?? false,
        Weight = written.Weight ?? 1,
        Priority = written.Priority ?? 0,
        TokensPerMinute = written.TokensPerMinute,
        RequestsPerMinute = written.RequestsPerMinute,
        ConcurrentRequests = written.ConcurrentRequests,
    };

    /// <summary>What is written, and the parameters that tune what the model cannot do; one that is renamed or capped is plainly meant to be sent.</summary>
    private static ParameterAdaptation Parameters(ModelConfig model)
    {
        var written = model.Parameters ?? new ParametersConfig();
        var renames = written.Rename.Entries().ToFrozenDictionary(static entry => entry.Name, static entry => entry.Value);
        var caps = (written.Cap ?? []).ToFrozenDictionary(static pair => pair.Key, static pair => pair.Value!.Value);
        var untuned = TuningParameters.MissingFrom(ModelAbilities.Of(model)).Where(name => !renames.ContainsKey(name) && !caps.ContainsKey(name));
        return new ParameterAdaptation(
            renames,
            written.Drop.Entries().Select(static entry => entry.Value).Concat(untuned).ToFrozenSet(),
            [.. (written.Default ?? []).Select(static pair => KeyValuePair.Create(pair.Key, Encoding.UTF8.GetBytes(pair.Value.GetRawText())))],
            caps);
    }

    private EmbeddingsModel? Embeddings(FrozenDictionary<string, LanguageModel> models) => config.Classification?.Embeddings is not { } written
        ? null
        : new EmbeddingsModel(
            models[written.Model!],
            written.Dimensions,
            written.BelowConfidence ?? EmbeddingsModel.DefaultBelowConfidence,
            TimeSpan.FromSeconds(written.TimeoutSeconds ?? EmbeddingsModel.DefaultTimeoutSeconds),
            written.CacheEntries ?? EmbeddingsModel.DefaultCacheEntries)
        {
            Head = head,
        };

    private ImmutableArray<TierModel> Tiers()
    {
        var written = config.Tiers.Entries().Select(static entry => Tier(entry.Name, entry.Value)).ToImmutableArray();
        return written.Any(static tier => tier.Name == TierModel.DefaultName) ? written : written.Add(new TierModel { Name = TierModel.DefaultName });
    }

    private static TierModel Tier(string name, TierConfig written)
    {
        var limits = LimitBuilder.OfTier(written);
        return new TierModel
        {
            Name = name,
            Allowed = written.Routes is null ? null : written.Routes.Entries().Select(static entry => entry.Value).ToFrozenSet(),
            MinimumQuality = written.MinimumQuality ?? 0,
            Priority = written.Priority ?? 0,
            StoreResponses = written.StoreResponses,
            MayCache = written.MayCache ?? false,
            AtLimit = LimitBuilder.AtLimit(written.AtLimit),
            OnStoreFailure = StoreFailureRules.Parse(written.OnStoreFailure),
            Limits = limits,
            SessionLimits = LimitBuilder.OfSession(written),
            UserLimits = LimitBuilder.OfUser(written),
            Sparing = LimitBuilder.Sparing(written.Budget, limits),
            Preference = CallerPreferences.Parse(written.Prefer),
            Constraints = written.Constraints is { } constraints ? Constraints(constraints, $"tier {name}") : null,
        };
    }

    private FrozenDictionary<string, CallerModel> Callers(CallerBuilder callers) =>
        config.Keys.Entries().ToFrozenDictionary(entry => KeyHash.Of(entry.Value.Secret!, secrets), entry => callers.Find(entry.Name, entry.Value)!);

    /// <summary>Of a key that is written as its hash the secret is not known.</summary>
    private IEnumerable<ConfiguredSecret> LikeIssued(string part, IEnumerable<(string Name, string Reference)> keys, bool isAdmin)
    {
        foreach (var (name, written) in keys)
        {
            if (SecretReference.Parse(written) is { Scheme: not SecretSchemes.Sha256 } reference && IssuedKeyText.IsWellFormed(secrets[reference].Secret))
                yield return new ConfiguredSecret(ConfigPath.Member(part, name), secrets[reference].Secret!, isAdmin);
        }
    }

    private static AdminModel Admin(string name, AdminKeyConfig written) => new(name, written.Role == AdminRoles.Admin ? AdminRole.Admin : AdminRole.Keys)
    {
        Tiers = written.Tiers is null ? null : written.Tiers.Entries().Select(static entry => entry.Value).ToFrozenSet(),
        Budget = written.Budget is { } budget ? new AdminBudget((long)Math.Floor(budget.Usd!.Value * 1_000_000), budget.Per!, WindowOf(budget.Per!)) : null,
    };

    private static EntraModel Entra(EntraConfig written, ImmutableArray<TierModel> tiers) => new(
        written.Issuer!, written.Audience!, new Uri(written.Metadata ?? $"{written.Issuer!.TrimEnd('/')}/.well-known/openid-configuration"))
    {
        Roles = [.. written.Roles.Entries().Select(entry => (entry.Name, tiers.First(tier => tier.Name == entry.Value)))],
        AdminRoles = [.. written.AdminRoles.Entries().Select(static entry => (entry.Name, entry.Value == AdminRoles.Admin ? AdminRole.Admin : AdminRole.Keys))],
    };

    private static LimitWindow WindowOf(string period) => Enum.Parse<LimitWindow>(period, ignoreCase: true);

    private QueueModel Queue() => config.Queue is not { } written
        ? QueueModel.NoCaller
        : new QueueModel([.. written.Keys.Entries().Select(static entry => entry.Value)], [.. written.Tiers.Entries().Select(static entry => entry.Value)]);

    private static ProbeModel Probes(ProbesConfig written) => new()
    {
        IsOn = written.Enabled ?? true,
        Interval = TimeSpan.FromSeconds(written.IntervalSeconds ?? ProbeModel.DefaultIntervalSeconds),
        Timeout = TimeSpan.FromSeconds(written.TimeoutSeconds ?? ProbeModel.DefaultTimeoutSeconds),
    };

    private WebhookModel Webhooks() => config.Webhooks is not { } written
        ? WebhookModel.None
        : new WebhookModel(
            written.Secret is { } secret ? secrets[SecretReference.Parse(secret)!.Value].Secret : null,
            written.PrivateHosts.Entries().Select(static entry => entry.Value).ToFrozenSet(StringComparer.OrdinalIgnoreCase))
        {
            Budgets = written.Budgets,
        };
}
