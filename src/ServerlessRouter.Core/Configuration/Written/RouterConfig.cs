using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServerlessRouter.Configuration.Written;

/// <summary>The whole configuration, as written.</summary>
public sealed record RouterConfig
{
    [JsonPropertyName("$schema")]
    [Member("Where an editor finds the JSON Schema of this file; not read by the router.")]
    public string? Schema { get; init; }

    [Member("The vendor APIs that may be called, by a name of your choice.", IsRequired = true)]
    public OrderedDictionary<string, ProviderConfig?>? Providers { get; init; }

    [Member("The models to choose from, by the name clients and routes use. One that the catalogue knows may be `{}`, and one that a route names need not stand here. Default: those of the catalogue that routes name.")]
    public OrderedDictionary<string, ModelConfig?>? Models { get; init; }

    [Member("The names clients put into `model`, each with the models behind it. Every model can also be asked for by its own name.")]
    public OrderedDictionary<string, RouteConfig?>? Routes { get; init; }

    [Member("Classes of callers. The tier `default` holds for callers without a key and for keys that name no tier; unrestricted when not written.")]
    public OrderedDictionary<string, TierConfig?>? Tiers { get; init; }

    [Member("The keys callers may use, by a name of your choice. Without any, everyone may call a router that only its own machine reaches, and no caller any other.")]
    public OrderedDictionary<string, KeyConfig?>? Keys { get; init; }

    [Member("Limits that callers share: of a route, a model, a tier or a tag of keys.")]
    public IReadOnlyList<SharedLimitConfig?>? Limits { get; init; }

    [Member("Further admin keys, by a name of your choice; the one the router is started with is not among them. Each may be bounded in what the keys it issues allow.")]
    public OrderedDictionary<string, AdminKeyConfig?>? AdminKeys { get; init; }

    [Member("Whose tokens are taken in place of keys: those of Entra ID, or of another OpenID Connect issuer.")]
    public EntraConfig? Entra { get; init; }

    [Member("Where expected quality comes from beside the tables of the models.")]
    public QualityConfig? Quality { get; init; }

    [Member("How the kind of work a request is gets found, beside the classifier that ships.")]
    public ClassificationConfig? Classification { get; init; }

    [Member("Limits of the router itself.")]
    public ServerConfig? Server { get; init; }

    [Member("How the ends of batches and jobs are told to callers' servers.")]
    public WebhooksConfig? Webhooks { get; init; }

    [Member("Who is told of what goes wrong, and from when on something does.")]
    public AlertsConfig? Alerts { get; init; }

    [Member("As whom the messages of a queue may run requests. Without it, as no key, once there are keys.")]
    public QueueConfig? Queue { get; init; }

    [Member("How deployments that failed and get no requests are tried again.")]
    public ProbesConfig? Probes { get; init; }

    [Member("What is remembered of requests.")]
    public RecordsConfig? Records { get; init; }

    [Member("Whether the page at `/dashboard` is served, and its sessions count. Default: true.")]
    public bool? Dashboard { get; init; }

    [Member("How long it is kept who changed what.")]
    public AuditConfig? Audit { get; init; }

    [Member("Reserved; must be empty in this version.", IsReserved = true)]
    public OrderedDictionary<string, JsonElement>? Experiments { get; init; }

    [Member("Reserved; must be empty in this version.", IsReserved = true)]
    public OrderedDictionary<string, JsonElement>? Cache { get; init; }
}

/// <summary>How the kind of work a request is gets found, beside the classifier that ships, as written.</summary>
public sealed record ClassificationConfig
{
    [Member("Vectors of texts, asked for where the classifier is unsure. Default: no model is asked.")]
    public EmbeddingsConfig? Embeddings { get; init; }
}

/// <summary>Which web pages may call the router, as written.</summary>
public sealed record CorsConfig
{
    [Member("Origins whose pages may read answers: `https://chat.example.com`, scheme and host, and the port where it is not the scheme's own. Default: every origin where there are keys, else those of this machine; without keys others have no effect.")]
    public IReadOnlyList<string?>? Origins { get; init; }
}

/// <summary>What is remembered of requests, as written.</summary>
public sealed record RecordsConfig
{
    [Member("Days for which a record of every request is kept: names, figures and outcomes, never prompts or answers. Default: 0, none.", Minimum = 0, Maximum = 400)]
    public int? KeepDays { get; init; }
}

/// <summary>How long it is kept who changed what, as written.</summary>
public sealed record AuditConfig
{
    [Member("Days for which lines of the audit log are kept. Default: 400.", Minimum = 30, Maximum = 3660)]
    public int? KeepDays { get; init; }
}

/// <summary>Where expected quality comes from beside the tables of the models, as written.</summary>
public sealed record QualityConfig
{
    [Member("A file made by `train --outcomes`, relative to the configuration file; in a stored configuration `weights/NAME`. Default: none, the tables of the models decide alone.")]
    public string? Weights { get; init; }

    [Member("What becomes of grades sent to `/v1/feedback`: they move expected quality (`learn`), no longer do (`frozen`), or play no part (`off`). Default: `learn`.", Names = NameTable.CorrectionMode)]
    public string? Corrections { get; init; }
}

/// <summary>As whom the messages of a queue may run requests, as written.</summary>
public sealed record QueueConfig
{
    [Member("Names of keys as which messages of the queue may run requests.")]
    public IReadOnlyList<string?>? Keys { get; init; }

    [Member("Names of tiers; messages of the queue may run requests as any key of these.")]
    public IReadOnlyList<string?>? Tiers { get; init; }
}

/// <summary>How the ends of batches and jobs are told to callers' servers, as written.</summary>
public sealed record WebhooksConfig
{
    [Member("Where the secret is that messages are signed with: `env:NAME` or `keyvault:NAME`; its text may be Standard Webhooks' `whsec_` and base64. Without it no callback is accepted.", IsSecret = true)]
    public string? Secret { get; init; }

    [Member("Where it is told that half, four fifths and all of a budget are spent: an https URL. Needs `secret`. Default: nowhere.")]
    public string? Budgets { get; init; }

    [Member("Hosts of callbacks that may be private, and may be plain http: `hooks.internal`, `127.0.0.1`. All others must be https and public.")]
    public IReadOnlyList<string?>? PrivateHosts { get; init; }
}

/// <summary>How deployments that failed and get no requests are tried again, as written.</summary>
public sealed record ProbesConfig
{
    [Member("Whether they are tried by short calls of the router's own, which cost a few tokens. Default: true.")]
    public bool? Enabled { get; init; }

    [Member("Seconds from one look for such deployments to the next. Default: 30.", Minimum = 5, Maximum = 3600)]
    public double? IntervalSeconds { get; init; }

    [Member("Seconds one call may take. Default: 10.", Minimum = 0.1, Maximum = 60)]
    public double? TimeoutSeconds { get; init; }
}

/// <summary>Vectors of texts where the classifier is unsure, as written.</summary>
public sealed record EmbeddingsConfig
{
    [Member("A model with the capability `embeddings`, at providers of kind {embeddings}. What it costs is part of the request's cost.", IsRequired = true)]
    public string? Model { get; init; }

    [Member("How many numbers a vector shall have; sent as `dimensions`. Default: not sent, the model decides.", Minimum = 1, Maximum = 16_384)]
    public int? Dimensions { get; init; }

    [Member("A file made by `train --labels ROWS --embeddings CONFIG`, relative to the configuration file; in a stored configuration `weights/NAME`. Without it no model is asked. Default: none.")]
    public string? Weights { get; init; }

    [Member("It is asked below this confidence of the classifier, and when that abstains. Default: 0.5.", Minimum = 0, Maximum = 1)]
    public double? BelowConfidence { get; init; }

    [Member("Seconds it may take; asked only where the deadline leaves twice as much. Default: 1.", Minimum = 0.05, Maximum = 60)]
    public double? TimeoutSeconds { get; init; }

    [Member("Vectors each instance remembers, by a hash of the text. Default: 1000.", Minimum = 0, Maximum = 10_000)]
    public int? CacheEntries { get; init; }
}
