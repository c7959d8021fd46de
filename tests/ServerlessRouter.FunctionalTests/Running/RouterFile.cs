using System.Text.Json.Nodes;
using ServerlessRouter.Testing.Upstreams;

namespace ServerlessRouter.FunctionalTests.Running;

/// <summary>A router.json in the making: states what matters to a test; models charge what a fake upstream does.</summary>
internal sealed class RouterFile
{
    private const string FakePrice = """{ "inputPerMillion": 1.00, "cachedInputPerMillion": 0.50, "cacheWritePerMillion": 1.25, "outputPerMillion": 4.00 }""";

    private readonly JsonObject _root = new() { ["providers"] = new JsonObject(), ["models"] = new JsonObject() };

    /// <summary>A vendor without a credential; <paramref name="settingsJson"/> adds or replaces members.</summary>
    public RouterFile Provider(string name, Uri endpoint, string kind = "openai", string settingsJson = "{}") =>
        Add("providers", name, new JsonObject { ["kind"] = kind, ["endpoint"] = endpoint.ToString(), ["credential"] = "none" }, settingsJson);

    /// <summary>A model that can do everything, with one deployment at each provider.</summary>
    public RouterFile Model(string name, string[] providers, string settingsJson = "{}")
    {
        var deployments = providers.Select(provider => (JsonNode)new JsonObject { ["provider"] = provider, ["name"] = $"{name}-at-{provider}" });
        var model = new JsonObject
        {
            ["price"] = JsonNode.Parse(FakePrice),
            ["contextWindow"] = 100_000,
            ["capabilities"] = JsonNode.Parse("""["tools", "vision", "json_schema", "json_object", "reasoning", "logprobs"]"""),
            ["deployments"] = new JsonArray([.. deployments]),
        };
        return Add("models", name, model, settingsJson);
    }

    /// <summary>A model at a vendor of its own.</summary>
    public RouterFile Upstream(string name, Uri endpoint, string settingsJson = "{}") => Provider($"{name}-vendor", endpoint).Model(name, [$"{name}-vendor"], settingsJson);

    /// <summary>A model at a vendor of its own.</summary>
    public RouterFile Upstream(string name, FakeUpstream upstream, string settingsJson = "{}") => Upstream(name, upstream.OpenAiAddress, settingsJson);

    /// <summary>A route over candidates in the order written.</summary>
    public RouterFile Route(string name, string[] candidates, string settingsJson = "{}") =>
        Add("routes", name, new JsonObject { ["candidates"] = new JsonArray([.. candidates.Select(candidate => (JsonNode)candidate)]) }, settingsJson);

    public RouterFile Tier(string name, string settingsJson) => Add("tiers", name, [], settingsJson);

    public RouterFile Key(string name, string secret, string settingsJson = "{}") => Add("keys", name, new JsonObject { ["secret"] = secret }, settingsJson);

    public RouterFile Quality(string settingsJson)
    {
        _root["quality"] = JsonNode.Parse(settingsJson);
        return this;
    }

    public RouterFile Classification(string settingsJson)
    {
        _root["classification"] = JsonNode.Parse(settingsJson);
        return this;
    }

    /// <summary>A section of its own, as JSON.</summary>
    public RouterFile Section(string name, string json)
    {
        _root[name] = JsonNode.Parse(json);
        return this;
    }

    public RouterFile Records(int keepDays)
    {
        _root["records"] = new JsonObject { ["keepDays"] = keepDays };
        return this;
    }

    public RouterFile Server(string settingsJson)
    {
        _root["server"] = JsonNode.Parse(settingsJson);
        return this;
    }

    public override string ToString() => _root.ToJsonString();

    private RouterFile Add(string section, string name, JsonObject item, string settingsJson)
    {
        foreach (var (member, value) in JsonNode.Parse(settingsJson)!.AsObject())
            item[member] = value?.DeepClone();
        if (_root[section] is not JsonObject items)
            _root[section] = items = [];
        items[name] = item;
        return this;
    }
}
