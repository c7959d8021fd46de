using System.Collections.Frozen;
using System.Collections.Immutable;
using ServerlessRouter.Classification.Models;

namespace ServerlessRouter.Configuration;

/// <summary>The whole validated configuration: immutable, every name resolved, one snapshot per request.</summary>
public sealed class RouterModel
{
    /// <summary>Room for long prompts with a few images, and little enough to hold many of them in memory.</summary>
    public const int DefaultMaxRequestBytes = 8 * 1024 * 1024;

    /// <summary>Room for a few of the largest files, and no danger to a small machine.</summary>
    public const int DefaultMaxMemoryMebibytes = 256;

    /// <summary>Far more than any model writes, and little enough that many at once fit into a small machine.</summary>
    public const int DefaultMaxAnswerMebibytes = 8;

    /// <summary>Room for many of the largest files; their rows are also in memory, so little enough for a machine of some gigabytes.</summary>
    public const int DefaultMaxDataMebibytes = 1024;

    /// <summary>Room for sixteen of the largest bodies, and half of what a container of 512 MB leaves free.</summary>
    public const int DefaultMaxBodiesMebibytes = 128;

    /// <summary>More than a team opens, and half-sent heads on all of them still fit into a small machine.</summary>
    public const int DefaultMaxConnections = 4096;
    public const double DefaultMaxWaitSeconds = 10;
    public const int DefaultMaxWaitingRequests = 1000;

    public RouterModel() => Lookup = new ModelLookup(this);

    /// <summary>Short content hash of the configuration as written; the same text has the same version on every instance.</summary>
    public required string Version { get; init; }

    public required ImmutableArray<ProviderModel> Providers { get; init; }

    public required ImmutableArray<LanguageModel> Models { get; init; }

    /// <summary>The configured routes, in the order written.</summary>
    public required ImmutableArray<RouteModel> Routes { get; init; }

    public required ImmutableArray<TierModel> Tiers { get; init; }

    /// <summary>What the name in a request's <c>model</c> stands for: the routes, and for each model a route of its own name with it as the only candidate.</summary>
    public required FrozenDictionary<string, RouteModel> Targets { get; init; }

    /// <summary>Models by name.</summary>
    public required FrozenDictionary<string, LanguageModel> ModelsByName { get; init; }

    /// <summary>Models by names that earlier turns kept, configured or not.</summary>
    public ModelLookup Lookup { get; }

    /// <summary>Who may call, by SHA-256 of the key in lower-case hex. Empty: <see cref="AnonymousCallers"/> decides.</summary>
    public required FrozenDictionary<string, CallerModel> CallersByKeyHash { get; init; }

    /// <summary>The holders of further admin keys, by SHA-256 of the key in lower-case hex.</summary>
    public FrozenDictionary<string, AdminModel> AdminsByKeyHash { get; init; } = FrozenDictionary<string, AdminModel>.Empty;

    /// <summary>Keys of callers and admins that look like issued ones, so that each may be one. Others stand here by their hashes alone.</summary>
    internal ImmutableArray<ConfiguredSecret> SecretsLikeIssued { get; init; } = [];

    /// <summary>Whose tokens are taken in place of keys; null where none are.</summary>
    public EntraModel? Entra { get; init; }

    /// <summary>Reads what issued keys may do; null where none can be issued.</summary>
    public IKeyTerms? KeyTerms { get; init; }

    /// <summary>What becomes of callers while no key is configured.</summary>
    public AnonymousCallers AnonymousCallers { get; init; }

    /// <summary>Knows further keys, which come and go without the configuration. Set by the <see cref="RouterModelSource"/> that the model is published to.</summary>
    public IKeyRing KeyRing { get; internal set; } = EmptyKeyRing.Instance;

    /// <summary>Knows the owner's key; null where there is none. Set as the ring is.</summary>
    public IOwnerKey? OwnerKey { get; internal set; }

    /// <summary>Callers need a key, or a token.</summary>
    public bool HasKeys => CallersByKeyHash.Count > 0 || Entra is { Roles.Length: > 0 } || KeyRing.HasKeys;

    /// <summary>There is no key, and no caller is served without one.</summary>
    public bool ServesNoCaller => !HasKeys && AnonymousCallers == AnonymousCallers.Refused;

    /// <summary>The tier of callers without a key, used only while no key is configured.</summary>
    public required TierModel AnonymousTier { get; init; }

    /// <summary>Limits that callers share.</summary>
    public SharedLimits SharedLimits { get; init; } = SharedLimits.None;

    /// <summary>A deployment takes only so many calls at once, or so many requests or tokens a minute.</summary>
    public bool HasCapacities => Models.Any(static model => model.Deployments.Any(static deployment => deployment is not { ConcurrentRequests: null, RequestsPerMinute: null, TokensPerMinute: null }));

    /// <summary>Some caller may be under a limit; keys that are issued may have their own.</summary>
    public bool HasLimits => !SharedLimits.IsEmpty || KeyRing.HasKeys || Tiers.Any(static tier => !tier.Limits.IsEmpty || !tier.SessionLimits.IsEmpty || !tier.UserLimits.IsEmpty)
        || CallersByKeyHash.Values.Any(static caller => !caller.Limits.IsEmpty);

    /// <summary>The header in which applications name the end user of a request; null where only <c>user</c> does.</summary>
    public string? EndUserHeader { get; init; }

    /// <summary>Predicts quality from a team's own outcomes; null where the tables of the models decide alone.</summary>
    internal OutcomeQuality? QualityPredictor { get; init; }

    /// <summary>Who is asked for vectors where the classifier is unsure; null where no model is.</summary>
    public EmbeddingsModel? Embeddings { get; init; }

    /// <summary>What becomes of the corrections that graded answers teach.</summary>
    public CorrectionMode Corrections { get; init; }

    /// <summary>Some route demands something of providers, so every route a request names must be looked at.</summary>
    public bool HasRouteConstraints { get; init; }

    /// <summary>How the ends of jobs are told.</summary>
    public WebhookModel Webhooks { get; init; } = WebhookModel.None;

    /// <summary>Who is told of what goes wrong, and from when on something does.</summary>
    public AlertsModel Alerts { get; init; } = AlertsModel.Default;

    /// <summary>As whom the messages of a queue may run requests.</summary>
    public QueueModel Queue { get; init; } = QueueModel.NoCaller;

    /// <summary>How idle deployments that failed are tried again.</summary>
    public ProbeModel Probes { get; init; } = new();

    /// <summary>The dashboard is served.</summary>
    public bool HasDashboard { get; init; } = true;

    /// <summary>Days for which a record of every request is kept; 0 keeps none.</summary>
    public int RecordDays { get; init; }

    /// <summary>13 months: a year, and time to look back at it.</summary>
    public const int DefaultAuditDays = 400;

    /// <summary>Days for which lines of the audit log are kept.</summary>
    public int AuditDays { get; init; } = DefaultAuditDays;

    /// <summary>Largest request body read, in bytes.</summary>
    public required int MaxRequestBytes { get; init; }

    /// <summary>Largest answer that is read whole, and largest event of a stream, in bytes; streams may be longer.</summary>
    public int MaxAnswerBytes { get; init; } = DefaultMaxAnswerMebibytes * 1024 * 1024;

    /// <summary>The most that jobs may keep where there is nothing but memory, in bytes.</summary>
    public long MaxMemoryBytes { get; init; } = DefaultMaxMemoryMebibytes * 1024L * 1024;

    /// <summary>The most that jobs may keep in the state folder of one machine, in bytes.</summary>
    public long MaxDataBytes { get; init; } = DefaultMaxDataMebibytes * 1024L * 1024;

    /// <summary>The most that the bodies of all requests in flight may take together, in bytes.</summary>
    public long MaxBodiesBytes { get; init; } = DefaultMaxBodiesMebibytes * 1024L * 1024;

    /// <summary>How long a request waits at most for a deployment with room.</summary>
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromSeconds(DefaultMaxWaitSeconds);

    /// <summary>Requests that wait so at a time for each model.</summary>
    public int MaxWaitingRequests { get; init; } = DefaultMaxWaitingRequests;

    /// <summary>Connections that may be open at once.</summary>
    public int MaxConnections { get; init; } = DefaultMaxConnections;

    /// <summary>Tokens are counted by the model's own tokenizer where that is known; else they are estimated.</summary>
    public bool CountsTokensExactly { get; init; }

    /// <summary>The only origins whose web pages may read answers; null where the list is left out.</summary>
    public FrozenSet<string>? CorsOrigins { get; init; }
}

/// <summary>Whether and how often idle deployments that failed are tried again.</summary>
public sealed record ProbeModel
{
    public const double DefaultIntervalSeconds = 30;
    public const double DefaultTimeoutSeconds = 10;

    /// <summary>False: only requests try them.</summary>
    public bool IsOn { get; init; } = true;

    /// <summary>From one look to the next. Default: 30 s.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(DefaultIntervalSeconds);

    /// <summary>How long one call may take. Default: 10 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(DefaultTimeoutSeconds);
}

/// <summary>Who turns texts into vectors where the classifier is unsure, and what reads them.</summary>
/// <param name="Model">Who is asked.</param>
/// <param name="Dimensions">How many numbers a vector shall have; null leaves that to the model.</param>
/// <param name="BelowConfidence">It is asked below this confidence of the classifier, 0..1, and when that abstains.</param>
/// <param name="Timeout">How long it may take.</param>
/// <param name="CacheEntries">How many vectors an instance remembers.</param>
public sealed record EmbeddingsModel(LanguageModel Model, int? Dimensions, double BelowConfidence, TimeSpan Timeout, int CacheEntries)
{
    public const double DefaultBelowConfidence = 0.5;
    public const double DefaultTimeoutSeconds = 1;
    public const int DefaultCacheEntries = 1000;

    /// <summary>Tells tasks from vectors; null before any was trained, and then no model is asked.</summary>
    internal EmbeddingHead? Head { get; init; }
}
