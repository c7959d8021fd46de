using System.Text.Json.Nodes;
using ServerlessRouter.Configuration;
using ServerlessRouter.LocalHost.Starting;

namespace ServerlessRouter.LocalHost.Importing;

/// <summary>Models of OpenRouter: a list of their names, a request or preset that names them with <c>provider</c> preferences, or the answer of its <c>/models</c> with prices.</summary>
internal sealed class OpenRouterImport
{
    private const string RouteName = "auto";

    /// <summary>Beyond as many a list is a catalogue rather than a choice, and makes no route.</summary>
    private const int MaxCandidates = 20;

    /// <summary>What OpenRouter says a model takes, and the flag of LiteLLM's that says the same.</summary>
    private static readonly (string Word, string Flag)[] Abilities =
    [
        ("tools", "supports_function_calling"), ("structured_outputs", "supports_response_schema"), ("reasoning", "supports_reasoning"),
        ("image", "supports_vision"), ("file", "supports_pdf_input"), ("audio", "supports_audio_input"),
    ];

    private readonly ImportDraft _draft;
    private readonly ForeignModels _models;
    private readonly string _provider;
    private readonly JsonObject _defaults = [];

    private OpenRouterImport(ImportDraft draft)
    {
        _draft = draft;
        _models = new ForeignModels(draft);
        _provider = draft.ProviderNamed(ForeignVendors.OpenRouter.Name, new JsonObject { ["kind"] = ForeignVendors.OpenRouter.Kind, ["credential"] = $"env:{ForeignVendors.OpenRouter.Variable}" });
    }

    public static void Run(ForeignValue root, ImportDraft draft) => new OpenRouterImport(draft).Read(root);

    private void Read(ForeignValue root)
    {
        var route = new JsonObject { ["candidates"] = new JsonArray() };
        if (root.IsMap)
            ReadPreset(root, route);
        var listed = (root.IsList ? root : root["data"] ?? root["models"])?.Items ?? [];
        if (root["model"] is { Text: not null } first)
            listed = [first, .. listed];
        var names = listed.Select((item, place) => Model(item, root.IsList ? $"[{place}]" : $"models[{place}]", route)).OfType<string>().Distinct().ToList();
        if (names.Count == 0)
            throw new StartRefusedException($"line {root.Line}: the list names no model of OpenRouter that can be asked for, like \"openai/gpt-5-mini\".");
        if (names.Count > MaxCandidates)
        {
            _draft.Note(ImportOutcome.Changed, "", root, $"{names.Count} models are a catalogue: each can be asked for by name; write a route over those you choose from");
            return;
        }

        route["candidates"] = new JsonArray([.. names.Select(static name => JsonValue.Create(name))]);
        _draft.Routes[RouteName] = route;
        _draft.Note(ImportOutcome.Carried, "", root, $"the route '{RouteName}' asks {(names.Count == 1 ? "this model" : $"these {names.Count} models")}{(route["objective"] is null ? " in the order written" : "")}");
    }

    private void ReadPreset(ForeignValue root, JsonObject route)
    {
        foreach (var (name, value) in root.Members.Where(static member => !member.Value.IsNothing && member.Key is not ("model" or "models" or "data" or "messages" or "prompt" or "stream")))
        {
            switch (name)
            {
                case "provider":
                    ReadPreferences(value, route);
                    break;
                case "route" or "transforms" or "usage":
                    _draft.Note(ImportOutcome.NoCounterpart, name, value, "deprecated; the router accepts it in requests and needs it nowhere");
                    break;
                case "plugins":
                    _draft.Note(ImportOutcome.NoCounterpart, name, value, "plugins are asked for in requests: response-healing is the router's own, the others go to OpenRouter as they are");
                    break;
                default:
                    _defaults[name] = value.ToJson();
                    _draft.Note(ImportOutcome.Changed, name, value, "parameters.default of each model: sent where the request does not say");
                    break;
            }
        }
    }

    private void ReadPreferences(ForeignValue preferences, JsonObject route)
    {
        foreach (var (name, value) in preferences.Members.Where(static member => !member.Value.IsNothing))
        {
            var path = $"provider.{name}";
            if (name == "sort")
                Sort(route, (value.Text ?? value["by"]?.Text)?.ToLowerInvariant(), path, value);
            else if (name is "zdr" or "data_collection")
                _draft.Note(ImportOutcome.ToDo, path, value, "what OpenRouter passes prompts on to is set in its account; callers may send it in requests, and constraints of the route hold where providers say so (dataCollection, zeroDataRetention)");
            else
                _draft.Note(ImportOutcome.NoCounterpart, path, value, "it chooses among OpenRouter's own providers; here it goes by your providers, and callers may send it in requests");
        }
    }

    private void Sort(JsonObject route, string? by, string path, ForeignValue at)
    {
        var prefer = by switch
        {
            "price" => ObjectiveNames.Cost,
            "throughput" or "latency" => ObjectiveNames.Latency,
            "exacto" => ObjectiveNames.Quality,
            _ => null,
        };
        if (prefer is not null)
            route["objective"] = new JsonObject { ["prefer"] = prefer };
        _draft.Note(prefer is null ? ImportOutcome.NoCounterpart : ImportOutcome.Changed, path, at, prefer is null ? $"an order '{by}' is not known" : $"objective.prefer \"{prefer}\" of the route: it orders the models");
    }

    private string? Model(ForeignValue item, string path, JsonObject route)
    {
        if ((item.Text ?? item.Any("id", "slug", "model")?.Text) is not { Length: > 0 } slug || !slug.Contains('/', StringComparison.Ordinal))
            return null;
        if (slug.StartsWith("openrouter/", StringComparison.Ordinal))
        {
            _draft.Note(ImportOutcome.Changed, path, item, $"'{slug}' is OpenRouter's own choice; the route '{RouteName}' makes it here");
            return null;
        }

        if (slug.StartsWith('@') || slug.Contains(' ', StringComparison.Ordinal))
        {
            _draft.Note(ImportOutcome.NoCounterpart, path, item, "a preset is kept at OpenRouter; import what it says");
            return null;
        }

        var (name, sort) = slug.Split(':') is [var bare, var suffix] && suffix is ("nitro" or "floor" or "exacto") ? (bare, suffix) : (slug, null);
        if (sort is not null)
            Sort(route, sort switch { "nitro" => "throughput", "floor" => "price", _ => sort }, path, item);
        name = ModelNames.Cleaned(name);
        if (_draft.Models.ContainsKey(name))
            return name;
        var model = _models.Describe(name, [AsInfo(item)], slug.EndsWith(":free", StringComparison.Ordinal), (path, item), [new ForeignPlace(ForeignVendors.OpenRouter, sort is null ? slug : name, null, IsUsualAddress: true)]);
        if (_defaults.Count > 0)
            model["parameters"] = new JsonObject { ["default"] = _defaults.DeepClone() };
        model["deployments"] = new JsonArray(new JsonObject { ["provider"] = _provider, ["name"] = sort is null ? slug : name });
        _draft.Models[name] = model;
        return name;
    }

    /// <summary>What OpenRouter's <c>/models</c> says, in the words of the other files.</summary>
    private static ForeignValue AsInfo(ForeignValue item)
    {
        var info = new OrderedDictionary<string, ForeignValue>();
        Put("input_cost_per_token", item["pricing"]?["prompt"]);
        Put("output_cost_per_token", item["pricing"]?["completion"]);
        Put("cache_read_input_token_cost", item["pricing"]?["input_cache_read"]);
        Put("cache_creation_input_token_cost", item["pricing"]?["input_cache_write"]);
        Put("input_cost_per_request", item["pricing"]?["request"]);
        Put("max_input_tokens", item["context_length"]);
        Put("max_output_tokens", item["top_provider"]?["max_completion_tokens"]);
        if (item["supported_parameters"] is { } parameters)
        {
            var said = parameters.Texts().Concat(item["architecture"]?["input_modalities"]?.Texts() ?? []).ToHashSet(StringComparer.Ordinal);
            foreach (var (word, flag) in Abilities)
                info[flag] = ForeignValue.Scalar(parameters.Line, said.Contains(word) ? "true" : "false", isQuoted: false);
        }

        return ForeignValue.Map(item.Line, info);

        void Put(string name, ForeignValue? value)
        {
            if (value is not null)
                info[name] = value;
        }
    }
}
