using System.Text.Json.Nodes;
using ServerlessRouter.LocalHost.Starting;

namespace ServerlessRouter.LocalHost.Importing;

/// <summary>
/// LiteLLM's <c>config.yaml</c>. Entries of one <c>model_name</c> that are the same model are deployments of one model here; where they are different models, each is a model with its own
/// price, and the name is a route over them. A name with fallbacks, limits or aliases is a route too, because routes are what those belong to.
/// </summary>
internal sealed class LiteLlmImport
{
    private static readonly string[] WeightMembers = ["weight", "requestsPerMinute", "tokensPerMinute"];
    private static readonly string[] Bounds = ["attemptSeconds", "firstTokenSeconds"];

    private readonly ImportDraft _draft;
    private readonly ForeignModels _models;
    private readonly LiteLlmSettings _settings;
    private readonly Dictionary<string, List<string>> _modelsOfGroup = new(StringComparer.Ordinal);

    private LiteLlmImport(ImportDraft draft)
    {
        _draft = draft;
        _models = new ForeignModels(draft);
        _settings = new LiteLlmSettings(draft);
    }

    public static void Run(ForeignValue root, ImportDraft draft) => new LiteLlmImport(draft).Read(root);

    private void Read(ForeignValue root)
    {
        foreach (var (name, section) in root.Members.Where(static member => !member.Value.IsNothing))
        {
            switch (name)
            {
                case "model_list" or "credential_list":
                    break;
                case "router_settings" or "litellm_settings" or "general_settings":
                    _settings.Read(name, section);
                    break;
                case "environment_variables":
                    _draft.Note(ImportOutcome.ToDo, name, section, $"set these in the environment of the router: {string.Join(", ", section.Members.Keys)}");
                    break;
                case "include":
                    _draft.Note(ImportOutcome.NoCounterpart, name, section, "import each of these files by itself, and put the results together");
                    break;
                default:
                    _draft.Note(ImportOutcome.NoCounterpart, name, section, "nothing like it here");
                    break;
            }
        }

        var groups = Deployments(root).GroupBy(static deployment => deployment.Group, StringComparer.Ordinal).ToList();
        var names = groups.Select(static group => group.Key).ToHashSet(StringComparer.Ordinal);
        var split = groups.ToDictionary(static group => group.Key, static group => ByModel([.. group]), StringComparer.Ordinal);
        foreach (var group in groups)
            AddGroup(group.Key, split[group.Key], names);
        foreach (var group in groups.Where(group => _draft.Models[group.Key] is null && !group.First().IsEmbedding))
            AddRoute(group.Key, split[group.Key]);
        AddAliases();
    }

    private List<LiteLlmDeployment> Deployments(ForeignValue root)
    {
        if (root["model_list"] is not { } list)
            throw new StartRefusedException("The file has no model_list, so there is no model to route to.");
        if (!list.IsList)
            throw new StartRefusedException($"line {list.Line}: model_list is not a list; each entry begins with '- model_name: NAME'.");
        var credentials = (root["credential_list"]?.Items ?? [])
            .Where(static item => item["credential_name"]?.Text is not null && item["credential_values"] is not null)
            .ToDictionary(static item => item["credential_name"]!.Text!, static item => item["credential_values"]!, StringComparer.Ordinal);
        var entries = new LiteLlmEntries(_draft, credentials);
        return [.. list.Items.Select(entries.Deployment).OfType<LiteLlmDeployment>()];
    }

    /// <summary>Deployments whose names do not tell their model are taken for the same as the first.</summary>
    private static List<List<LiteLlmDeployment>> ByModel(List<LiteLlmDeployment> group)
    {
        var usual = group.Select(static deployment => deployment.Identity).FirstOrDefault(static identity => identity is not null);
        return [.. group.GroupBy(deployment => deployment.Identity ?? usual).Select(static model => model.ToList())];
    }

    private bool IsRoute(string group, List<List<LiteLlmDeployment>> models) =>
        models.Count > 1 || _settings.Limits.Count > 0 || _settings.Fallbacks.ContainsKey(group) || _settings.DefaultFallbacks.Count > 0 || _settings.Aliases.ContainsValue(group)
        || models[0].Any(static deployment => deployment.Limits.Count > 0);

    private void AddGroup(string group, List<List<LiteLlmDeployment>> models, HashSet<string> groups)
    {
        _modelsOfGroup[group] = [];
        var isRoute = IsRoute(group, models) && !models[0][0].IsEmbedding;
        foreach (var deployments in models)
        {
            var wished = isRoute ? $"{deployments[0].Vendor.Name}/{ForeignModels.IdentityOf(deployments[0].Model)}" : group;
            var name = ImportDraft.Free(ModelNames.Cleaned(wished), "-", taken => _draft.Models.ContainsKey(taken) || (isRoute && groups.Contains(taken)) || _settings.Aliases.ContainsKey(taken));
            _draft.Models[name] = Model(name, deployments);
            _modelsOfGroup[group].Add(name);
        }

        var at = models[0][0].At;
        var places = models.Sum(static model => model.Count);
        _draft.Note(
            models.Count > 1 ? ImportOutcome.Changed : ImportOutcome.Carried,
            at.Path,
            at.Value,
            models.Count > 1
                ? $"'{group}' was several models under one name; here each is a model with its own price, and the route '{group}' asks them {(_settings.Prefer is { } prefer ? $"by {prefer}" : "in the order written")} instead of spreading requests"
                : isRoute ? $"'{group}' is a route over the model '{_modelsOfGroup[group][0]}'{(places > 1 ? $" with {places} deployments" : "")}" : $"'{group}' is a model{(places > 1 ? $" with {places} deployments" : "")}");
    }

    private JsonObject Model(string name, List<LiteLlmDeployment> deployments)
    {
        var first = deployments[0];
        var info = deployments.SelectMany(static deployment => deployment.Info).ToList();
        var model = _models.Describe(name, info, first.IsFree, first.At, [.. deployments.Select(static deployment => new ForeignPlace(deployment.Vendor, deployment.Model, deployment.Identity, deployment.IsUsualAddress))]);
        if (first.IsEmbedding)
            model["capabilities"] = new JsonArray("embeddings");
        if (deployments.Count > 1 && _settings.Balancing is { } balancing)
            model["balancing"] = balancing;
        if (deployments.FirstOrDefault(static deployment => deployment.Parameters.Count > 0) is { } adapted)
            model["parameters"] = adapted.Parameters.DeepClone();
        model["deployments"] = new JsonArray([.. Weighted([.. deployments.Select(static deployment => deployment.Json)]).DistinctBy(static deployment => $"{deployment["provider"]} {deployment["name"]}")]);
        return model;
    }

    /// <summary>LiteLLM's weights may be fractions, ours are whole; where only capacities are written, they are the weights.</summary>
    private static List<JsonObject> Weighted(List<JsonObject> deployments)
    {
        var member = WeightMembers.FirstOrDefault(name => deployments.Any(deployment => deployment[name] is not null));
        if (deployments.Count == 1 || member is null || deployments.Any(deployment => deployment[member] is null))
        {
            foreach (var deployment in deployments.Where(static deployment => deployment["weight"] is not null))
            {
                if (deployments.Count == 1)
                    deployment.Remove("weight");
                else
                    deployment["weight"] = (int)Math.Clamp(Math.Ceiling((decimal)deployment["weight"]!), 0, 1_000_000);
            }

            return deployments;
        }

        var weights = deployments.Select(deployment => decimal.Parse(deployment[member]!.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture)).ToList();
        var scale = weights.Any(static weight => weight != Math.Truncate(weight)) ? 100 : 1;
        foreach (var (deployment, weight) in deployments.Zip(weights))
            deployment["weight"] = (int)Math.Clamp(Math.Round(weight * scale), 0, 1_000_000);
        return deployments;
    }

    private void AddRoute(string group, List<List<LiteLlmDeployment>> models)
    {
        var route = new JsonObject { ["candidates"] = Names(_modelsOfGroup[group]) };
        if (models.Count > 1 && _settings.Prefer is { } prefer)
            route["objective"] = new JsonObject { ["prefer"] = prefer };
        if (Followers(group, models[0][0].At) is { Count: > 0 } followers)
            route["fallbacks"] = Names(followers);
        var limits = (JsonObject)_settings.Limits.DeepClone();
        foreach (var (name, value) in models.SelectMany(static model => model).SelectMany(static deployment => deployment.Limits))
            limits[name] = limits[name] is { } known && (decimal)known > (decimal)value! ? known.DeepClone() : value!.DeepClone();
        if (limits.Count > 0)
            route["limits"] = Agreeing(limits);
        if (_settings.MovesOnAfterContentFilter.Contains(group))
            route["onContentFilter"] = "next";
        _draft.Routes[ModelNames.Cleaned(group)] = route;
    }

    /// <summary>A limit beyond the deadline would change nothing.</summary>
    private static JsonObject Agreeing(JsonObject limits)
    {
        if (limits["deadlineSeconds"] is { } deadline)
        {
            foreach (var name in Bounds.Where(name => limits[name] is { } bound && (decimal)bound > (decimal)deadline))
                limits.Remove(name);
        }

        return limits;
    }

    private List<string> Followers(string group, (string Path, ForeignValue Value) at)
    {
        var written = _settings.Fallbacks.GetValueOrDefault(group) ?? _settings.DefaultFallbacks;
        var followers = new List<string>();
        foreach (var name in written.Where(name => name != group).Select(name => _settings.Aliases.GetValueOrDefault(name, name)))
        {
            if (_modelsOfGroup.TryGetValue(name, out var models) && models.All(model => !IsEmbedding(model)))
                followers.AddRange(models.Where(model => !followers.Contains(model) && !_modelsOfGroup[group].Contains(model)));
            else
                _draft.Note(ImportOutcome.NoCounterpart, at.Path, at.Value, $"'{name}', a fallback of '{group}', is no model of this file that can be called");
        }

        return followers;
    }

    private bool IsEmbedding(string model) => _draft.Models[model]!["capabilities"]?.AsArray().Any(static ability => (string?)ability == "embeddings") == true;

    private void AddAliases()
    {
        foreach (var (alias, group) in _settings.Aliases.Where(alias => !_modelsOfGroup.ContainsKey(alias.Key)))
        {
            if (_draft.Routes[ModelNames.Cleaned(group)] is { } route)
                _draft.Routes[ModelNames.Cleaned(alias)] = route.DeepClone();
        }
    }

    private static JsonArray Names(IEnumerable<string> names) => new([.. names.Select(static name => JsonValue.Create(name))]);
}
