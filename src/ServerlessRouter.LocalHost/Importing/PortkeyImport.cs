using System.Text.Json.Nodes;
using ServerlessRouter.LocalHost.Starting;

namespace ServerlessRouter.LocalHost.Importing;

/// <summary>A Portkey config: targets, each a model here, under a strategy, which becomes a route named <c>auto</c>. Strategies inside targets are laid out flat, in their order.</summary>
internal sealed class PortkeyImport
{
    private const string RouteName = "auto";
    private const decimal MillisecondsOfASecond = 1000;

    /// <summary>What is read of a target, in both spellings.</summary>
    private static readonly HashSet<string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        "strategy", "targets", "provider", "virtualkey", "apikey", "name", "weight", "overrideparams", "retry", "cache", "requesttimeout", "customhost", "resourcename", "deploymentid", "apiversion", "azureresourcename", "azuredeploymentid", "azureapiversion", "azureendpointname",
        "index", "id", "model",
    };

    private readonly ImportDraft _draft;
    private readonly ForeignModels _models;
    private readonly ForeignConnections _connections;
    private readonly Dictionary<string, List<string>> _modelsOfName = new(StringComparer.Ordinal);

    private PortkeyImport(ImportDraft draft)
    {
        _draft = draft;
        _models = new ForeignModels(draft);
        _connections = new ForeignConnections(draft);
    }

    public static void Run(ForeignValue root, ImportDraft draft) => new PortkeyImport(draft).Read(Unwrapped(root));

    /// <summary>The config itself: not the answer of the API it came in, nor the wrapper some keep it in.</summary>
    private static ForeignValue Unwrapped(ForeignValue root) => root["data"]?["config"] ?? root["config"] ?? root;

    private void Read(ForeignValue root)
    {
        var route = new JsonObject();
        var candidates = Targets(root, "", route);
        if (candidates.Count == 0)
            throw new StartRefusedException($"line {root.Line}: no target of this config can be called here{(_draft.Notes.Count > 0 ? $": {_draft.Notes[^1].Text}" : "")}.");
        var isFallback = Mode(root) == "fallback" && candidates.Count > 1;
        var ordered = new JsonObject { ["candidates"] = Names(isFallback ? candidates[..1] : candidates) };
        if (route["rules"]?.DeepClone() is { } rules)
            ordered.Insert(0, "rules", rules);
        if (isFallback)
            ordered["fallbacks"] = Names(candidates[1..]);
        if (Limits(root, candidates.Count) is { Count: > 0 } limits)
            ordered["limits"] = limits;
        _draft.Routes[RouteName] = ordered;
        _draft.Note(ImportOutcome.Changed, "", root, $"clients ask for the model '{RouteName}', whose route this config is; the name they sent until now went to the target");
    }

    private static string Mode(ForeignValue config) => config["strategy"]?["mode"]?.Text ?? config["mode"]?.Text ?? "single";

    /// <summary>The models of a config in the order to ask them, rules added to the route.</summary>
    private List<string> Targets(ForeignValue config, string path, JsonObject route)
    {
        NoteTheRest(config, path);
        var targets = (config.Any("targets", "options")?.Items ?? [config]).Select((target, place) => (Target: target, Path: config.Any("targets", "options") is null ? path : $"{path}targets[{place}]")).ToList();
        if (Mode(config) == "loadbalance")
            return Balanced(targets, route);
        var models = targets.SelectMany(target => Target(target.Target, target.Path, route)).Distinct().ToList();
        if (config["strategy"] is { } strategy)
            ReadStrategy(strategy, $"{path}strategy", models, route);
        return models;
    }

    private List<string> Target(ForeignValue target, string path, JsonObject route)
    {
        var models = target.Any("targets", "options") is not null ? Targets(target, $"{path}.", route) : Model(target, path) is { } model ? [model] : [];
        if (target["name"]?.Text is { } name)
            _modelsOfName[name] = models;
        return models;
    }

    private void ReadStrategy(ForeignValue strategy, string path, List<string> models, JsonObject route)
    {
        if (strategy.Any("on_status_codes", "onStatusCodes") is { } codes)
            _draft.Note(ImportOutcome.Changed, $"{path}.on_status_codes", codes, "what moves on goes by kind of failure rather than by status (docs/failures.md)");
        switch (strategy["mode"]?.Text)
        {
            case "conditional":
                ReadConditions(strategy, path, models, route);
                break;
            case "fallback":
                _draft.Note(ImportOutcome.Carried, $"{path}.mode", strategy, "the first target is the candidate, the others its fallbacks");
                break;
            case null or "single":
                break;
            case var other:
                _draft.Note(ImportOutcome.NoCounterpart, $"{path}.mode", strategy, $"the strategy '{other}' is not known; targets are asked in the order written");
                break;
        }
    }

    private void ReadConditions(ForeignValue strategy, string path, List<string> models, JsonObject route)
    {
        var rules = route["rules"] as JsonArray ?? [];
        var conditions = new PortkeyConditions(_draft);
        foreach (var (condition, place) in (strategy["conditions"]?.Items ?? []).Select(static (condition, place) => (condition, place)))
        {
            var at = $"{path}.conditions[{place}]";
            if (condition["then"]?.Text is not { } then || !_modelsOfName.TryGetValue(then, out var use) || use.Count == 0)
            {
                _draft.Note(ImportOutcome.NoCounterpart, at, condition, $"its target '{condition["then"]?.Text}' is none of those that can be called");
                continue;
            }

            foreach (var when in conditions.Of(condition["query"] ?? ForeignValue.Map(condition.Line, []), at).Where(static when => when.Count > 0))
                AddRule(rules, when, use, at, condition);
        }

        if (rules.Count > 0 && rules.Parent is null)
            route["rules"] = rules;
        if (strategy["default"]?.Text is { } name && _modelsOfName.TryGetValue(name, out var usual) && usual.Count > 0)
        {
            var rest = models.Except(usual).ToList();
            models.Clear();
            models.AddRange(usual.Concat(rest));
            _draft.Note(ImportOutcome.Carried, $"{path}.default", strategy, $"'{name}' comes first where no rule matches");
        }
    }

    /// <summary>A condition on the model asked for is a route of that name: here the model is what names a route.</summary>
    private void AddRule(JsonArray rules, JsonObject when, List<string> use, string path, ForeignValue at)
    {
        if (when["parameters"]?["model"] is not { } asked)
        {
            if (rules.Any(rule => JsonNode.DeepEquals(rule!["when"], when)))
                return;
            rules.Add((JsonNode)new JsonObject { ["when"] = when, ["use"] = Names(use) });
            _draft.Note(ImportOutcome.Carried, path, at, $"a rule of the route '{RouteName}'");
            return;
        }

        foreach (var name in (asked as JsonArray ?? [asked.DeepClone()]).Select(static name => name?.ToString()).OfType<string>())
        {
            var free = ImportDraft.Free(ModelNames.Cleaned(name), "-", taken => _draft.Models.ContainsKey(taken) || _draft.Routes.ContainsKey(taken) || taken == RouteName);
            _draft.Routes[free] = new JsonObject { ["candidates"] = Names(use) };
            _draft.Note(ImportOutcome.Changed, path, at, $"a route '{free}': clients that ask for this model get its targets");
        }
    }

    /// <summary>Targets of one and the same model are its deployments, with their weights; different models are asked in the order of their weights.</summary>
    private List<string> Balanced(List<(ForeignValue Target, string Path)> targets, JsonObject route)
    {
        var weighted = targets.OrderByDescending(static target => target.Target["weight"]?.Number ?? 1).ToList();
        var scale = weighted.Any(static target => target.Target["weight"]?.Number is { } weight && weight != Math.Truncate(weight)) ? 100 : 1;
        var models = new List<string>();
        foreach (var (target, path) in weighted)
        {
            foreach (var model in Target(target, path, route))
            {
                if (_draft.Models[model]!["deployments"]!.AsArray() is [.., JsonObject last] && target["weight"]?.Number is { } weight)
                    last["weight"] = (int)Math.Clamp(Math.Round(weight * scale), 0, 1_000_000);
                if (!models.Contains(model))
                    models.Add(model);
            }
        }

        var at = targets[0];
        if (models.Count > 1)
            _draft.Note(ImportOutcome.Changed, $"{at.Path[..at.Path.LastIndexOf("targets", StringComparison.Ordinal)]}strategy.mode", at.Target, "load was spread over different models; here the heaviest is asked first and the others follow: spreading is for deployments of one model");
        else
            _draft.Note(ImportOutcome.Carried, $"{at.Path[..at.Path.LastIndexOf("targets", StringComparison.Ordinal)]}strategy.mode", at.Target, "deployments of one model, with their weights");
        return models;
    }

    /// <summary>The model of a target, with the target as one of its deployments.</summary>
    private string? Model(ForeignValue target, string path)
    {
        var access = target.Any("provider", "virtual_key", "virtualKey")?.Text ?? "";
        var virtualKey = target.Any("virtual_key", "virtualKey")?.Text;
        var overrides = target.Any("override_params", "overrideParams");
        var (vendor, model) = VendorOf(access.TrimStart('@'), virtualKey, (overrides?["model"] ?? target["model"])?.Text);
        if (vendor is null)
        {
            _draft.Note(ImportOutcome.NoCounterpart, path, target, ForeignVendors.WhyNot(access) ?? $"the provider '{access}' is not known here; with OpenAI's schema it is a provider of kind openai");
            return null;
        }

        if (virtualKey is not null || access.StartsWith('@'))
            _draft.Note(ImportOutcome.ToDo, path, target, $"the key behind '{virtualKey ?? access}' stays at Portkey: put the vendor's own into {vendor.Variable ?? "a variable"}");
        if ((target.Any("deployment_id", "deploymentId", "azure_deployment_id", "azureDeploymentId")?.Text ?? model) is not { } named)
        {
            named = UsualModel(vendor);
            _draft.Note(ImportOutcome.ToDo, path, target, $"no model is named, so the caller's went to {vendor.Name}; here '{named}' stands: put in the one you use");
        }

        var connection = _connections.Of(vendor, Connection(target), path);
        var name = ModelName(vendor, named);
        var deployment = new JsonObject { ["provider"] = connection.Provider, ["name"] = named };
        if (_draft.Models[name] is JsonObject known)
        {
            if (!known["deployments"]!.AsArray().Any(other => (string?)other!["provider"] == connection.Provider && (string?)other["name"] == named))
                known["deployments"]!.AsArray().Add((JsonNode)deployment);
            return name;
        }

        var written = _models.Describe(name, [], connection.IsOwn, (path, target), [new ForeignPlace(vendor, named, ForeignModels.IdentityOf(named), connection.IsUsualAddress)]);
        if (Defaults(overrides, path) is { Count: > 0 } defaults)
            written["parameters"] = new JsonObject { ["default"] = defaults };
        written["deployments"] = new JsonArray(deployment);
        _draft.Models[name] = written;
        return name;
    }

    private static (ForeignVendor? Vendor, string? Model) VendorOf(string access, string? virtualKey, string? model)
    {
        // A model may carry its access before it: @openai-prod/gpt-5-mini.
        if (model is ['@', .. var addressed] && addressed.Split('/', 2) is [var slug, var rest])
            (access, model) = (slug, rest);
        var vendor = ForeignVendors.Find(access);
        if (vendor is null && ForeignVendors.WhyNot(access) is null)
            vendor = ForeignVendors.MentionedIn(virtualKey ?? access) ?? (model is null ? null : ForeignVendors.MakerOf(model[(model.LastIndexOf('/') + 1)..]));
        return (vendor, model);
    }

    private string ModelName(ForeignVendor vendor, string model)
    {
        var identity = ForeignModels.IdentityOf(model);
        return _draft.Models.Select(static known => known.Key).FirstOrDefault(known => ForeignModels.IdentityOf(known) == identity) ?? ModelNames.Cleaned($"{vendor.Name}/{model}");
    }

    private static ForeignConnection Connection(ForeignValue target) => new()
    {
        Key = target.Any("api_key", "apiKey"),
        Address = target.Any("custom_host", "customHost")
            ?? (target.Any("resource_name", "resourceName", "azure_resource_name", "azureResourceName") is { Text: { } resource } at ? ForeignValue.Scalar(at.Line, $"https://{resource}.openai.azure.com", isQuoted: true) : null),
        ApiVersion = target.Any("api_version", "apiVersion", "azure_api_version", "azureApiVersion"),
    };

    private JsonObject Defaults(ForeignValue? overrides, string path)
    {
        var rest = (overrides?.Members ?? []).Where(static member => member.Key != "model" && !member.Value.IsNothing).ToList();
        if (rest.Count > 0)
            _draft.Note(ImportOutcome.Changed, $"{path}.override_params", overrides!, "parameters.default: sent where the request does not say, instead of over what it says");
        return new JsonObject(rest.Select(static member => KeyValuePair.Create(member.Key, member.Value.ToJson())));
    }

    private JsonObject Limits(ForeignValue config, int models)
    {
        var limits = new JsonObject();
        var retry = config["retry"] ?? (config["targets"]?.Items ?? []).Select(static target => target["retry"]).FirstOrDefault(static value => value is not null);
        if (retry?["attempts"]?.Number is >= 0 and var retries)
        {
            limits["attempts"] = (int)Math.Clamp(retries + models, 1, 100);
            _draft.Note(ImportOutcome.Changed, "retry", retry!, $"limits.attempts {limits["attempts"]} of the route: calls in all, those of fallbacks included");
        }

        var timeout = config.Any("request_timeout", "requestTimeout") ?? (config["targets"]?.Items ?? []).Select(static target => target.Any("request_timeout", "requestTimeout")).FirstOrDefault(static value => value is not null);
        if (timeout is { Number: > 0 and var milliseconds })
        {
            limits["attemptSeconds"] = milliseconds / MillisecondsOfASecond;
            limits["deadlineSeconds"] = Math.Max(120, milliseconds / MillisecondsOfASecond * Math.Max(models, 1));
            _draft.Note(ImportOutcome.Carried, "request_timeout", timeout, "limits.attemptSeconds of the route");
        }

        return limits;
    }

    private void NoteTheRest(ForeignValue config, string path)
    {
        foreach (var (name, value) in config.Members.Where(static member => !member.Value.IsNothing))
        {
            if (name == "cache")
                _draft.Note(ImportOutcome.NoCounterpart, $"{path}{name}", value, "give a route `cache` for the answer of the same request, by key, tier or for all callers (docs/cache.md); for similar requests there is none");
            else if (!Known.Contains(name.Replace("_", "", StringComparison.Ordinal)) && name is not ("options" or "mode"))
                _draft.Note(ImportOutcome.NoCounterpart, $"{path}{name}", value, name.Contains("guardrail", StringComparison.OrdinalIgnoreCase) || name.Contains("hook", StringComparison.OrdinalIgnoreCase) ? "guardrails are not part of this version: nothing checks prompts and answers in their place" : "nothing like it here");
        }

        foreach (var (target, place) in (config["targets"]?.Items ?? []).Select(static (target, place) => (target, place)).Where(static item => item.target.Any("targets", "options") is null))
            NoteTheRest(target, $"{path}targets[{place}].");
    }

    /// <summary>The catalogue's large model of the vendor.</summary>
    private static string UsualModel(ForeignVendor vendor) => EnvironmentConfiguration.Picked(vendor.Kind) switch
    {
        [_, var large, ..] => large.Name,
        [var only] => only.Name,
        _ => "gpt-5-mini",
    };

    private static JsonArray Names(IEnumerable<string> names) => new([.. names.Select(static name => JsonValue.Create(name))]);
}
