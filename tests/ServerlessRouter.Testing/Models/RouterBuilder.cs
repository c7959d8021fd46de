using System.Collections.Frozen;
using System.Text;
using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Secrets;

namespace ServerlessRouter.Testing.Models;

/// <summary>
/// A configuration as routing sees it, without the document it would be loaded from. Providers that models name are made up as needed; every model has a route of its own
/// name; without keys everyone may call, as the default tier.
/// </summary>
public sealed class RouterBuilder
{
    /// <summary>The provider of models that name none.</summary>
    public const string DefaultProvider = "simulated";

    private readonly Dictionary<string, ProviderModel> _providers = [];
    private readonly List<(string Name, LanguageModelBuilder Builder)> _models = [];
    private readonly List<(string Name, RouteModelBuilder Builder)> _routes = [];
    private readonly List<TierModel> _tiers = [];
    private readonly Dictionary<string, CallerModel> _callers = [];
    private string? _embeddings;
    private Func<EmbeddingsModel, EmbeddingsModel> _setEmbeddings = static settings => settings;
    private AnonymousCallers _anonymousCallers;
    private CorrectionMode _corrections;
    private ProbeModel _probes = new();
    private int _recordDays;
    private bool _hasDashboard = true;
    private int _maxRequestBytes = RouterModel.DefaultMaxRequestBytes;
    private long _maxBodiesBytes = RouterModel.DefaultMaxBodiesMebibytes * 1024L * 1024;
    private FrozenSet<string>? _corsOrigins;
    private WebhookModel _webhooks = WebhookModel.None;
    private AlertsModel _alerts = AlertsModel.Default;
    private string? _budgetWebhook;
    private QueueModel _queue = QueueModel.NoCaller;
    private TierModel _anonymous = new() { Name = TierModel.DefaultName };

    public RouterBuilder Provider(string name, Action<ProviderBuilder> set)
    {
        var builder = new ProviderBuilder(name);
        set(builder);
        _providers[name] = builder.Build();
        return this;
    }

    public RouterBuilder Model(string name, Action<LanguageModelBuilder>? set = null)
    {
        var builder = new LanguageModelBuilder(name);
        set?.Invoke(builder);
        _models.Add((name, builder));
        return this;
    }

    public RouterBuilder Route(string name, Action<RouteModelBuilder> set)
    {
        var builder = new RouteModelBuilder(name);
        set(builder);
        _routes.Add((name, builder));
        return this;
    }

    /// <summary>The tier of callers without a key.</summary>
    public RouterBuilder Anonymous(double minimumQuality = 0, params string[] allowed)
    {
        _anonymous = Tier(TierModel.DefaultName, minimumQuality, allowed);
        return this;
    }

    /// <summary>The tier of callers without a key.</summary>
    public RouterBuilder Anonymous(TierModel tier)
    {
        _anonymous = tier;
        return this;
    }

    /// <summary>NoCaller may call without a key, also while there are none.</summary>
    public RouterBuilder WithoutAnonymousCallers()
    {
        _anonymousCallers = AnonymousCallers.Refused;
        return this;
    }

    /// <summary>A caller's key; its tier allows everything unless names are given.</summary>
    public RouterBuilder Key(string key, string caller, string tier = "pro", double minimumQuality = 0, params string[] allowed)
    {
        var model = Tier(tier, minimumQuality, allowed);
        _tiers.Add(model);
        _callers[KeyHash.Of(key)] = new CallerModel(caller, model);
        return this;
    }

    /// <summary>A caller's key with what it may do beside its tier, which allows everything.</summary>
    public RouterBuilder Key(string key, string caller, Func<CallerModel, CallerModel> set)
    {
        Key(key, caller);
        _callers[KeyHash.Of(key)] = set(_callers[KeyHash.Of(key)]);
        return this;
    }

    /// <summary>How large a body may be, and all of them together.</summary>
    public RouterBuilder Bodies(int maxRequestBytes, long maxBodiesBytes)
    {
        (_maxRequestBytes, _maxBodiesBytes) = (maxRequestBytes, maxBodiesBytes);
        return this;
    }

    /// <summary>The only web pages that may call; all of them where none is given.</summary>
    public RouterBuilder CorsOrigins(params string[] origins)
    {
        _corsOrigins = origins.Length == 0 ? null : origins.ToFrozenSet();
        return this;
    }

    public RouterBuilder WithoutDashboard()
    {
        _hasDashboard = false;
        return this;
    }

    public RouterBuilder Records(int keepDays)
    {
        _recordDays = keepDays;
        return this;
    }

    public RouterBuilder Probes(ProbeModel probes)
    {
        _probes = probes;
        return this;
    }

    public RouterBuilder Corrections(CorrectionMode mode)
    {
        _corrections = mode;
        return this;
    }

    /// <summary>Tells the ends of jobs, signed with the secret, also at these hosts that are not public.</summary>
    public RouterBuilder Webhooks(string secret, params string[] privateHosts)
    {
        _webhooks = new WebhookModel(secret, privateHosts.ToFrozenSet(StringComparer.OrdinalIgnoreCase));
        return this;
    }

    /// <summary>Tells budgets that run out, signed as the ends of jobs are; behind <see cref="Webhooks"/>.</summary>
    public RouterBuilder BudgetWebhook(string url)
    {
        _budgetWebhook = url;
        return this;
    }

    /// <summary>Who is told of alerts, and from when on something is one.</summary>
    public RouterBuilder Alerts(AlertsModel alerts)
    {
        _alerts = alerts;
        return this;
    }

    /// <summary>Messages of the queue may act as these keys.</summary>
    public RouterBuilder Queue(params string[] keys) => Queue(keys, []);

    /// <summary>Messages of the queue may act as these keys, and as any of these tiers.</summary>
    public RouterBuilder Queue(string[] keys, string[] tiers)
    {
        _queue = new QueueModel(keys, tiers);
        return this;
    }

    /// <summary>Who is asked for vectors: one of the models, which then answers no chat.</summary>
    public RouterBuilder Embeddings(string model, Func<EmbeddingsModel, EmbeddingsModel>? set = null)
    {
        (_embeddings, _setEmbeddings) = (model, set ?? (static settings => settings));
        return this;
    }

    public RouterModel Build()
    {
        var models = _models.Select((model, index) => model.Builder.Build(index, ProviderNamed)).ToDictionary(static model => model.Name);
        var routes = _routes.Select(route => route.Builder.Build(name => models[name])).ToList();
        var targets = routes.ToDictionary(static route => route.Name);
        foreach (var model in models.Values)
            targets.TryAdd(model.Name, Implicit(model));

        return new RouterModel
        {
            Version = "test",
            Providers = [.. _providers.Values],
            Models = [.. models.Values],
            Routes = [.. routes],
            Tiers = [.. _tiers],
            Targets = targets.ToFrozenDictionary(),
            ModelsByName = models.ToFrozenDictionary(),
            CallersByKeyHash = _callers.ToFrozenDictionary(),
            AnonymousTier = _anonymous,
            Corrections = _corrections,
            Embeddings = _embeddings is null ? null : _setEmbeddings(new EmbeddingsModel(
                models[_embeddings], null, EmbeddingsModel.DefaultBelowConfidence,
                TimeSpan.FromSeconds(EmbeddingsModel.DefaultTimeoutSeconds), EmbeddingsModel.DefaultCacheEntries)),
            Probes = _probes,
            RecordDays = _recordDays,
            HasDashboard = _hasDashboard,
            Webhooks = _budgetWebhook is null ? _webhooks : new WebhookModel(Encoding.UTF8.GetString(_webhooks.Secret), _webhooks.PrivateHosts) { Budgets = _budgetWebhook },
            Queue = _queue,
            Alerts = _alerts,
            HasRouteConstraints = routes.Exists(static route => route.Constraints is not null),
            AnonymousCallers = _anonymousCallers,
            MaxRequestBytes = _maxRequestBytes,
            MaxBodiesBytes = _maxBodiesBytes,
            CorsOrigins = _corsOrigins,
        };
    }

    private ProviderModel ProviderNamed(string name)
    {
        if (!_providers.TryGetValue(name, out var provider))
            _providers[name] = provider = new ProviderBuilder(name).Build();
        return provider;
    }

    private static TierModel Tier(string name, double minimumQuality, string[] allowed) =>
        new() { Name = name, MinimumQuality = minimumQuality, Allowed = allowed.Length == 0 ? null : allowed.ToFrozenSet() };

    private static RouteModel Implicit(LanguageModel model) => new()
    {
        Name = model.Name,
        IsImplicit = true,
        Rules = [],
        Candidates = [model],
        Objective = new ObjectiveModel { Policy = ObjectiveNames.Order },
        Fallbacks = [],
        Limits = RouteLimits.Default,
        NeedsProfile = false,
    };
}
