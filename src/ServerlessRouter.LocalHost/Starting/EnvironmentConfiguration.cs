using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Catalogue;
using ServerlessRouter.Configuration.Loading;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Providers;

namespace ServerlessRouter.LocalHost.Starting;

/// <summary>The configuration of a router that was given none: a route <c>auto</c> over the catalogue's models of the vendors that the environment gives access to.</summary>
/// <param name="Text">As a <c>router.json</c> would hold it, with comments; null where neither a vendor nor a key for callers was found.</param>
/// <param name="Vendors">Each vendor and what told of it.</param>
/// <param name="Notes">What is there and cannot be used, and why.</param>
internal sealed record EnvironmentConfiguration(ReadOnlyMemory<byte>? Text, IReadOnlyList<string> Vendors, IReadOnlyList<string> Notes)
{
    /// <summary>The variable with the key that callers must send; without it a router that others can reach needs a configuration with keys.</summary>
    public const string KeyVariable = "ROUTER_KEY";

    /// <summary>What a file says so that callers must send that key.</summary>
    public const string KeyMember = $"\"keys\": {{ \"default\": {{ \"secret\": \"{SecretSchemes.Environment}:{KeyVariable}\" }} }}";

    /// <summary>No vendor was found, so the models are simulated.</summary>
    public bool IsSimulated => Vendors.Count == 0;

    /// <summary>Variables of Azure's clients that name a deployment; there its owner chooses the name.</summary>
    private static readonly string[] DeploymentVariables = ["AZURE_OPENAI_DEPLOYMENT", "AZURE_OPENAI_DEPLOYMENT_NAME", "AZURE_OPENAI_CHAT_DEPLOYMENT_NAME"];

    private const string ContextVariable = "OLLAMA_CONTEXT_LENGTH";
    private const int GuessedWindow = 32_768;
    private const int MaxOwnModels = 8;

    /// <summary>Expected quality that a small, a large and the best model of a vendor shall have; the cheapest that has it is taken.</summary>
    private static readonly double[] Qualities = [0.65, 0.8, 0.9];

    /// <summary>Looks around, and makes a configuration of what is there. What cannot be loaded, because a key is malformed, is left out and told.</summary>
    public static async Task<EnvironmentConfiguration> FindAsync(Func<string, string?> variable, IModelServers servers, string ownUrls, CancellationToken cancellationToken)
    {
        var found = await new VendorSearch(variable, servers, ownUrls).FindAsync(cancellationToken);
        var notes = found.Notes.ToList();
        var vendors = found.Vendors.ToList();
        var followers = new HashSet<string>(StringComparer.Ordinal);
        while (vendors.Count > 0)
        {
            if (Write(vendors, followers, variable, notes) is not { } written)
                break;
            var text = Encoding.UTF8.GetBytes(written);
            var loaded = await new RouterConfigLoader(ProviderKinds.All, [new EnvironmentSecretResolver(variable)]).LoadAsync(text, cancellationToken);
            if (loaded.Model is { } router && !AddFollowers(router, loaded.Warnings, followers))
                return new EnvironmentConfiguration(text, [.. vendors.Select(static vendor => $"{vendor.Kind.Title} ({vendor.Source})")], notes);
            if (loaded.Model is not null)
                continue;
            notes.Clear();
            notes.AddRange(found.Notes);
            notes.AddRange(loaded.Errors.Select(static error => $"{error.Message}; not used"));
            if (vendors.RemoveAll(vendor => loaded.Errors.Any(error => error.Path.StartsWith($"providers.{vendor.Kind.Name}.", StringComparison.Ordinal))) == 0)
                break;
        }

        // A key that cannot be used is left in, so that the start is refused: without it anyone could call.
        return new EnvironmentConfiguration(HasKey(variable) ? (ReadOnlyMemory<byte>?)SimulatedConfiguration.WithKey() : null, [], notes);
    }

    /// <summary>Candidates that validation finds to come first never are fallbacks instead, by <c>route model</c>. False where there are none.</summary>
    private static bool AddFollowers(RouterModel router, IEnumerable<ConfigurationProblem> warnings, HashSet<string> followers)
    {
        var added = false;
        foreach (var route in router.Routes)
        {
            for (var place = 0; place < route.Candidates.Length; place++)
            {
                if (warnings.Any(warning => warning.Path == $"routes.{route.Name}.candidates[{place}]"))
                    added |= followers.Add($"{route.Name} {route.Candidates[place].Name}");
            }
        }

        return added;
    }

    /// <summary>Null where no vendor has a model to ask; those without are taken off the list, and told.</summary>
    private static string? Write(List<FoundVendor> vendors, HashSet<string> followers, Func<string, string?> variable, List<string> notes)
    {
        var (providers, models) = (new JsonObject(), new JsonObject());
        var comments = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [""] = "Made from the environment: the vendors whose keys are there, and of each a small, a large and the best model of the catalogue.\nMore models: add their names, serverless-router catalogue list shows them. Check: serverless-router validate, serverless-router doctor.",
            ["routes.auto"] = "The cheapest model that is good enough for what is asked.",
            ["routes.best"] = "The best model for what is asked, whatever it costs.",
        };
        foreach (var vendor in vendors.ToList())
        {
            var provider = new JsonObject { ["kind"] = vendor.Kind.Name };
            if (vendor.Endpoint is { } endpoint)
                provider["endpoint"] = endpoint.AbsoluteUri;
            if (vendor.Credential is { } credential)
                provider["credential"] = credential;
            if (AddModels(vendor, models, comments, variable) is { } note)
            {
                notes.Add(note);
                vendors.Remove(vendor);
                continue;
            }

            providers[vendor.Kind.Name] = provider;
        }

        if (models.Count == 0)
            return null;

        var root = new JsonObject { ["$schema"] = $"./{SchemaFile.Name}", ["providers"] = providers, ["models"] = models, ["routes"] = Routes(models, followers) };
        if (HasKey(variable))
            root["keys"] = new JsonObject { ["default"] = new JsonObject { ["secret"] = $"{SecretSchemes.Environment}:{KeyVariable}" } };
        return RouterJsonText.Of(root, comments);
    }

    private static bool HasKey(Func<string, string?> variable) => !string.IsNullOrWhiteSpace(variable(KeyVariable));

    /// <summary>Null, or why the vendor has none to add.</summary>
    private static string? AddModels(FoundVendor vendor, JsonObject models, Dictionary<string, string> comments, Func<string, string?> variable)
    {
        if (!vendor.Models.IsEmpty)
        {
            AddOwnModels(vendor, models, comments, variable);
            return null;
        }

        // Where each customer has a resource of its own, what can be called is what was deployed there.
        var isOwnResource = vendor.Kind.Access is { DefaultEndpoint: null };
        var deployment = isOwnResource ? DeploymentVariables.Select(variable).FirstOrDefault(static name => !string.IsNullOrWhiteSpace(name)) : null;
        if (isOwnResource && deployment is null)
            return $"{vendor.Kind.Title}: name a deployment in {DeploymentVariables[0]}, called like its model, or write a router.json; not used";
        var picked = deployment is null ? Picked(vendor.Kind.Name) : ModelCatalogue.Shipped.Find(vendor.Kind.Name, deployment.ToLowerInvariant()) is { } known ? [known] : [];
        if (picked.Count == 0)
            return isOwnResource
                ? $"{vendor.Kind.Title}: the catalogue has no model called like the deployment that {DeploymentVariables[0]} names; write a router.json; not used"
                : $"{vendor.Kind.Title}: the catalogue has no models of it; write a router.json; not used";
        foreach (var model in picked)
        {
            var place = new JsonObject { ["provider"] = vendor.Kind.Name };
            if (deployment is not null && deployment != model.Name)
                place["name"] = deployment;
            // At an address of the owner's the catalogue assumes nothing, so what it knows is written down.
            var written = vendor.Endpoint is null || isOwnResource ? [] : JsonNode.Parse(model.ConfigJson.GetRawText())!.AsObject();
            written["deployments"] = new JsonArray(place);
            if (models.TryAdd(model.Name, written))
                comments[$"models.{model.Name}"] = Described(model);
            else if (models[model.Name]!["price"] is null && HasSamePrice(model, models[model.Name]!))
                models[model.Name]!["deployments"]!.AsArray().Add(place.DeepClone());
        }

        return null;
    }

    private static bool HasSamePrice(CatalogueModel model, JsonNode written) =>
        (string?)written["deployments"]?[0]?["provider"] is { } other && ModelCatalogue.Shipped.Find(other, model.Name) is { } same
        && same.ConfigJson.TryGetProperty("price", out var price) && model.ConfigJson.TryGetProperty("price", out var own) && price.GetRawText() == own.GetRawText();

    private static string Described(CatalogueModel model) => string.Create(
        CultureInfo.InvariantCulture,
        $"{ProviderKinds.All.First(kind => kind.Name == model.Vendor).Title}: USD {model.Config.Price!.InputPerMillion:0.###} in, {model.Config.Price.OutputPerMillion:0.###} out a million tokens, {model.Config.ContextWindow:N0} tokens, quality {model.Config.Quality?.GetValueOrDefault("default"):0.##}{(model.IsEstimated ? " by estimate" : "")}");

    private static void AddOwnModels(FoundVendor vendor, JsonObject models, Dictionary<string, string> comments, Func<string, string?> variable)
    {
        var window = int.TryParse(variable(ContextVariable), NumberStyles.None, CultureInfo.InvariantCulture, out var told) && told > 0 ? told : GuessedWindow;
        foreach (var name in vendor.Models.Where(static name => !name.Contains("embed", StringComparison.OrdinalIgnoreCase)).Take(MaxOwnModels))
        {
            var added = models.TryAdd(ModelNames.Cleaned(name), new JsonObject
            {
                ["price"] = new JsonObject { ["free"] = true },
                ["contextWindow"] = window,
                ["capabilities"] = new JsonArray("tools", "json_object"),
                ["quality"] = new JsonObject { ["default"] = 0.5 },
                ["deployments"] = new JsonArray(new JsonObject { ["provider"] = vendor.Kind.Name, ["name"] = name }),
            });
            if (added)
                comments[$"models.{ModelNames.Cleaned(name)}"] = $"On this machine. Window, abilities and quality are guesses: a server cuts what is longer than it was started for ({ContextVariable}) without a word.";
        }
    }

    /// <summary>The cheapest models of a vendor that reach each of the qualities, and its best where none reaches the last.</summary>
    internal static IReadOnlyList<CatalogueModel> Picked(string vendor)
    {
        var able = ModelCatalogue.Shipped.Models
            .Where(model => model.Vendor == vendor && !model.NeedsResponses && !model.Name.Contains("preview", StringComparison.Ordinal) && !model.Name.EndsWith(":free", StringComparison.Ordinal))
            .Where(static model => model.Config is { Price: { InputPerMillion: > 0, OutputPerMillion: not null }, ContextWindow: not null, Quality: not null } known && known.Capabilities?.Contains("tools") == true)
            .Select(static model => (Model: model, Quality: model.Config.Quality!.GetValueOrDefault("default") ?? 0, Cost: (3 * model.Config.Price!.InputPerMillion!.Value) + model.Config.Price.OutputPerMillion!.Value))
            .OrderBy(static row => row.Cost).ThenByDescending(static row => row.Quality).ThenBy(static row => row.Model.Name.Length)
            .ToList();
        var picked = Qualities.Select(quality => able.FirstOrDefault(row => row.Quality >= quality)).Where(static row => row.Model is not null).ToList();
        if (able.Count > 0 && able.Max(static row => row.Quality) is var best && picked.All(row => row.Quality < best) && best < Qualities[^1])
            picked.Add(able.First(row => row.Quality >= best));
        return [.. picked.Select(static row => row.Model).DistinctBy(static model => model.Name)];
    }

    private static JsonObject Routes(JsonObject models, HashSet<string> followers)
    {
        var paid = models.Where(static model => (bool?)model.Value!["price"]?["free"] != true).Select(static model => model.Key).ToList();
        if (paid.Count == 0)
            return new JsonObject { ["auto"] = new JsonObject { ["candidates"] = Names(models.Select(static model => model.Key)) } };
        var routes = new JsonObject { ["auto"] = Route("auto", paid, followers, new JsonObject { ["minimumQuality"] = 0.7, ["prefer"] = ObjectiveNames.Cost }) };
        if (paid.Count > 1)
            routes["best"] = Route("best", paid, followers, new JsonObject { ["prefer"] = ObjectiveNames.Quality });
        return routes;
    }

    private static JsonObject Route(string name, List<string> models, HashSet<string> followers, JsonObject objective)
    {
        var route = new JsonObject { ["candidates"] = Names(models.Where(model => !followers.Contains($"{name} {model}"))), ["objective"] = objective };
        // The last picked of each vendor is its best.
        if (models.Where(model => followers.Contains($"{name} {model}")).Reverse().ToList() is { Count: > 0 } rest)
            route["fallbacks"] = Names(rest);
        return route;
    }

    private static JsonArray Names(IEnumerable<string> names) => new([.. names.Select(static name => JsonValue.Create(name))]);
}
