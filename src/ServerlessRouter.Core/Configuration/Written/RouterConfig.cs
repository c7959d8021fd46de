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

    [Member("The models to choose from, by the name clients and routes use.", IsRequired = true)]
    public OrderedDictionary<string, ModelConfig?>? Models { get; init; }

    [Member("The names clients put into `model`, each with the models behind it. Every model can also be asked for by its own name.")]
    public OrderedDictionary<string, RouteConfig?>? Routes { get; init; }

    [Member("Classes of callers. The tier `default` holds for callers without a key and for keys that name no tier; unrestricted when not written.")]
    public OrderedDictionary<string, TierConfig?>? Tiers { get; init; }

    [Member("The keys callers may use, by a name of your choice. Without any, everyone may call a router that only its own machine reaches, and no caller any other.")]
    public OrderedDictionary<string, KeyConfig?>? Keys { get; init; }

    [Member("Where expected quality comes from beside the tables of the models.")]
    public QualityConfig? Quality { get; init; }

    [Member("How the kind of work a request is gets found, beside the classifier that ships.")]
    public ClassificationConfig? Classification { get; init; }

    [Member("Limits of the router itself.")]
    public ServerConfig? Server { get; init; }

    [Member("How the ends of batches and jobs are told to callers' servers.")]
    public WebhooksConfig? Webhooks { get; init; }

    [Member("As whom the messages of a queue may run requests. Without it, as no key, once there are keys.")]
    public QueueConfig? Queue { get; init; }

    [Member("How deployments that failed and get no requests are tried again.")]
    public ProbesConfig? Probes { get; init; }

    [Member("What is remembered of requests.")]
    public RecordsConfig? Records { get; init; }

    [Member("Reserved; must be empty in this version.", IsReserved = true)]
    public OrderedDictionary<string, JsonElement>? Experiments { get; init; }

    [Member("Reserved; must be empty in this version.", IsReserved = true)]
    public OrderedDictionary<string, JsonElement>? Cache { get; init; }
}
