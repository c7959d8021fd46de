using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using ServerlessRouter.Configuration.Catalogue;
using ServerlessRouter.Configuration.Files;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Configuration.Validation;
using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Loading;

/// <summary>Turns the text of a configuration into a model to run on, or into everything that is wrong with it.</summary>
/// <param name="kinds">The kinds of provider that may be named.</param>
/// <param name="secretResolvers">At most one for each scheme.</param>
/// <param name="files">Where files beside the configuration are read; a host without a folder leaves it out.</param>
/// <param name="anonymousCallers">What becomes of callers while a configuration has no keys.</param>
/// <param name="catalogue">What is known of vendors' models; left out, the one that ships.</param>
public sealed class RouterConfigLoader(
    IReadOnlyList<ProviderKind> kinds, IEnumerable<ISecretResolver> secretResolvers, IConfigurationFiles? files = null, AnonymousCallers anonymousCallers = AnonymousCallers.Served,
    ModelCatalogue? catalogue = null)
{
    private const int VersionDigits = 12;

    private static readonly ImmutableArray<IConfigValidator> Validators =
    [
        new NameValidator(), new ProviderValidator(), new CredentialValidator(), new ConnectionValidator(), new ModelValidator(), new PriceValidator(), new DeploymentValidator(),
        new RouteValidator(), new EmbeddingRouteValidator(), new ObjectiveValidator(), new RuleValidator(), new SecondOpinionValidator(), new LimitsValidator(), new HedgeValidator(), new CascadeValidator(), new CacheValidator(),
        new TierValidator(), new BudgetValidator(), new SharedLimitValidator(), new EndUserHeaderValidator(), new ConstraintsValidator(), new KeyValidator(), new AdminKeyValidator(), new EntraValidator(),
        new EmbeddingsValidator(), new CorsValidator(), new WebhooksValidator(), new AlertsValidator(), new QueueValidator(), new ReservedValidator(), new PrecedenceValidator(),
    ];

    private readonly ImmutableArray<ISecretResolver> _secretResolvers = [.. secretResolvers];

    /// <summary>Reads JSON in UTF-8 (comments and trailing commas allowed), looks secrets up, reads the files named, validates and builds. Throws only when cancelled.</summary>
    public async ValueTask<ConfigurationResult> LoadAsync(ReadOnlyMemory<byte> document, CancellationToken cancellationToken = default)
    {
        var findings = new Findings();
        var text = WithoutByteOrderMark(document);
        if (JsonSyntax.Check(text.Span) is { } broken)
            return new ConfigurationResult(null, [broken], []);

        using var json = JsonDocument.Parse(text, JsonSyntax.Options);
        var written = new ShapeReader(findings, new NameTables(kinds)).Read(json.RootElement);
        var known = new Lazy<ModelCatalogue>(() => catalogue ?? ModelCatalogue.Shipped);
        var (config, use) = new CatalogueCompletion(written, kinds, known, findings).Complete();
        var secrets = await ResolvedSecrets.ResolveAsync(config, _secretResolvers, cancellationToken).ConfigureAwait(false);
        var context = new ValidationContext(config, kinds, secrets, anonymousCallers, findings);
        context = context with
        {
            Weights = await QualityValidator.ReadAsync(context, files ?? NoFiles.Instance, cancellationToken).ConfigureAwait(false),
            Head = await EmbeddingsValidator.ReadAsync(context, files ?? NoFiles.Instance, cancellationToken).ConfigureAwait(false),
        };
        foreach (var validator in Validators)
            validator.Validate(context);

        var model = findings.HasErrors ? null : new RouterModelBuilder(config, kinds, secrets, anonymousCallers, context.Weights, context.Head)
        {
            Use = use,
            CatalogueVersion = use.Priced.Count > 0 ? known.Value.Version : "",
        }.Build(VersionOf(document.Span));
        return new ConfigurationResult(model, findings.Errors, findings.Warnings) { SecretsFingerprint = secrets.Fingerprint() };
    }

    /// <summary>Short content hash: the same text has the same version everywhere.</summary>
    public static string VersionOf(ReadOnlySpan<byte> document) => Convert.ToHexStringLower(SHA256.HashData(document))[..VersionDigits];

    private static ReadOnlyMemory<byte> WithoutByteOrderMark(ReadOnlyMemory<byte> document) =>
        document.Span.StartsWith("\uFEFF"u8) ? document[3..] : document;
}

/// <summary>What became of a configuration: a model to run on, or everything that is wrong with it.</summary>
public sealed class ConfigurationResult
{
    internal ConfigurationResult(RouterModel? model, ImmutableArray<ConfigurationProblem> errors, ImmutableArray<ConfigurationProblem> warnings) =>
        (Model, Errors, Warnings) = (model, errors, warnings);

    /// <summary>Null exactly when there are errors.</summary>
    public RouterModel? Model { get; }

    public ImmutableArray<ConfigurationProblem> Errors { get; }

    /// <summary>Changes when a secret that the configuration refers to does; empty where none was looked up.</summary>
    public string SecretsFingerprint { get; init; } = "";

    /// <summary>What is allowed and probably not meant.</summary>
    public ImmutableArray<ConfigurationProblem> Warnings { get; }
}
