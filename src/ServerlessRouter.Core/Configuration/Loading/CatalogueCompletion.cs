using System.Collections.Immutable;
using ServerlessRouter.Configuration.Catalogue;
using ServerlessRouter.Configuration.Validation;
using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Loading;

/// <summary>
/// Fills in what a configuration leaves to what is known of vendors and their models: 1 the usual credentials of providers, 2 models that a route names and that are not written, 3 of each model that lacks its
/// price or its window where it can be called and what the catalogue says of it there.
/// </summary>
/// <remarks>A model that states both is taken as it is written, so a configuration that needs no catalogue never loads one. What is written always stands.</remarks>
internal sealed class CatalogueCompletion(RouterConfig config, IReadOnlyList<ProviderKind> kinds, Lazy<ModelCatalogue> catalogue, Findings findings)
{
    private readonly CatalogueLookup _lookup = new(config, kinds, catalogue);
    private readonly Dictionary<(string Model, int Place), CatalogueModel> _deployments = [];
    private readonly HashSet<string> _priced = [];

    public CompletedConfig Complete()
    {
        var providers = Map(config.Providers, static (_, provider) => provider is not null, (_, provider) => WithCredential(provider!));
        var models = config.Models;
        foreach (var name in NamesInRoutes().Where(name => models?.ContainsKey(name) != true && config.Routes?.ContainsKey(name) != true && !catalogue.Value.Named(name).IsEmpty).Distinct().ToList())
            (models = models is null || ReferenceEquals(models, config.Models) ? new OrderedDictionary<string, ModelConfig?>(models ?? []) : models).Add(name, new ModelConfig());
        models = Map(models, static (_, model) => model is { Price: null } or { ContextWindow: null }, (name, model) => Complete(name, model!));
        return new CompletedConfig(config with { Providers = providers, Models = models }, new CatalogueUse(_deployments, _priced, Tokenizers(models)));
    }

    /// <summary>By the models' names, where tokens are to be counted exactly and all deployments of a model have one tokenizer; also of models that are taken as they are written.</summary>
    private Dictionary<string, string> Tokenizers(OrderedDictionary<string, ModelConfig?>? models)
    {
        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        if (config.Server?.ExactTokenCounts != true)
            return known;
        foreach (var (model, written) in models.Entries())
        {
            if (written.Deployments.Entries().Select(entry => _lookup.Find(model, entry.Value)?.Tokenizer).Distinct().ToList() is [{ } only])
                known[model] = only;
        }

        return known;
    }

    private static OrderedDictionary<string, T?>? Map<T>(OrderedDictionary<string, T?>? map, Func<string, T?, bool> applies, Func<string, T?, T?> change)
        where T : class
    {
        if (map is null || !map.Any(entry => applies(entry.Key, entry.Value)))
            return map;
        return new OrderedDictionary<string, T?>(map.Select(entry => KeyValuePair.Create(entry.Key, applies(entry.Key, entry.Value) ? change(entry.Key, entry.Value) : entry.Value)));
    }

    private ProviderConfig WithCredential(ProviderConfig provider) =>
        provider.Credential is null && _lookup.KindOf(provider)?.Access?.DefaultCredential(provider.Endpoint) is { } usual ? provider with { Credential = usual } : provider;

    /// <summary>Wherever a route or the classification names a model.</summary>
    private IEnumerable<string> NamesInRoutes()
    {
        foreach (var (_, route) in config.Routes.Entries())
        {
            var lists = new[] { route.Candidates, route.Fallbacks, route.Cascade?.Steps }.Concat(route.Rules.Entries().Select(static rule => rule.Value.Use));
            foreach (var (_, name) in lists.SelectMany(static list => list.Entries()))
                yield return name;
            foreach (var name in new[] { route.Cascade?.Judge?.Model, route.SecondOpinion?.Model }.OfType<string>())
                yield return name;
        }

        if (config.Classification?.Embeddings?.Model is { } embeddings)
            yield return embeddings;
    }

    private ModelConfig Complete(string name, ModelConfig written)
    {
        var path = ConfigPath.Member("models", name);
        var named = catalogue.Value.Named(name);
        var deployments = written.Deployments ?? (named.IsEmpty ? null : OnlyDeployment(named, path));
        var known = new List<CatalogueModel>();
        foreach (var (place, deployment) in deployments.Entries())
        {
            if (_lookup.Find(name, deployment) is not { } model)
                continue;
            known.Add(model);
            _deployments[(name, place)] = model;
        }

        // Facts are the model's, of every vendor alike; a price is its vendor's.
        var facts = known.FirstOrDefault() ?? named.FirstOrDefault();
        var price = written.Price ?? PriceOf(name, known, named, deployments, path);
        if (written.ContextWindow is null && facts?.Config.ContextWindow is null)
            findings.Error($"{path}.contextWindow", facts is null ? $"is missing and must be written: {Unknown(name)}" : "is missing and must be written: the catalogue does not know it");
        if (facts is null)
            return written with { Price = price };
        var window = written.ContextWindow ?? known.Append(facts).Min(static model => model.Config.ContextWindow);
        var output = known.Append(facts).Min(static model => model.Config.MaxOutputTokens);
        return written with
        {
            Price = price,
            ContextWindow = window,
            MaxOutputTokens = written.MaxOutputTokens ?? (output <= window ? output : null),
            Capabilities = written.Capabilities ?? Common(known.Count == 0 ? [facts] : known),
            Quality = written.Quality ?? facts.Config.Quality,
            Deployments = deployments,
        };
    }

    /// <summary>What all of them can do.</summary>
    private static IReadOnlyList<string?>? Common(List<CatalogueModel> models) => models.Count == 1
        ? models[0].Config.Capabilities
        : [.. models.Select(static model => model.Config.Capabilities ?? []).Aggregate(static (common, next) => [.. common.Intersect(next)])];

    private List<DeploymentConfig?>? OnlyDeployment(ImmutableArray<CatalogueModel> named, string path)
    {
        var able = config.Providers.Entries().Where(entry => _lookup.VendorOf(entry.Value) is { } vendor && named.Any(model => model.Vendor == vendor)).Select(static entry => entry.Name).ToList();
        if (able is [var only])
            return [new DeploymentConfig { Provider = only }];
        findings.Error(
            $"{path}.deployments",
            able.Count > 1
                ? $"must be written, because several providers have this model: {Quoted.List(able)}; name one or more of them as deployments, for example [{{ \"provider\": {Quoted.Text(able[0])} }}]"
                : $"must be written, because no provider here is of a vendor that the catalogue knows to have this model ({Quoted.List([.. named.Select(static model => model.Vendor)])}); add one, or name your own");
        return null;
    }

    private PriceConfig? PriceOf(string name, List<CatalogueModel> known, ImmutableArray<CatalogueModel> named, IReadOnlyList<DeploymentConfig?>? deployments, string path)
    {
        const string Remedy = "write it in USD, or \"free\": true for a model that costs nothing";
        var at = $"{path}.price";
        if (named.IsEmpty && known.Count == 0)
            findings.Error(at, $"is missing and must be written: {Unknown(name)}; {Remedy}");
        else if (known.Count < (deployments?.Count ?? 0))
            findings.Error(at, $"is missing and must be written: the catalogue does not know what all of its deployments cost; {Remedy}");
        else if (known.Find(static model => model.Config.Price is null) is { } unpriced)
            findings.Error(at, $"is missing and must be written: the catalogue knows no price of {unpriced.Name} at {unpriced.Vendor}; {Remedy}");
        else if (known.Select(static model => model.ConfigJson.GetProperty("price").GetRawText()).Distinct().Count() > 1)
            findings.Error(at, $"is missing and must be written: it differs between {Quoted.List([.. known.Select(static model => model.Vendor).Distinct()])}, and a model has one price; write the dearer, or make two models of it");
        else if (known is [var model, ..])
        {
            _priced.Add(name);
            return model.Config.Price;
        }

        return null;
    }

    private string Unknown(string name)
    {
        var near = NearestNames.Of(name, catalogue.Value.Models.Select(static model => model.Name).Distinct());
        return $"the catalogue has no model of this name{(near is [var nearest, ..] ? $" (did you mean {Quoted.Text(nearest)}?)" : "")}";
    }
}

/// <summary>A configuration with what was left to the catalogue, and what that was.</summary>
internal sealed record CompletedConfig(RouterConfig Config, CatalogueUse Use);

/// <summary>What of a configuration is from the catalogue.</summary>
/// <param name="Deployments">The model that each deployment is of, by the model's name and the deployment's place.</param>
/// <param name="Priced">The models whose price it is.</param>
/// <param name="Tokenizers">The tokenizer of each model that has one, by the model's name, where tokens are to be counted exactly.</param>
internal sealed record CatalogueUse(IReadOnlyDictionary<(string Model, int Place), CatalogueModel> Deployments, IReadOnlySet<string> Priced, IReadOnlyDictionary<string, string> Tokenizers);
