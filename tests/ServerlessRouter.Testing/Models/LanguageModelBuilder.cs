using System.Collections.Frozen;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Testing.Models;

/// <summary>
/// A model of a <see cref="RouterBuilder"/>. Unless the test says otherwise: quality 0.5, 1 USD per million tokens either way, a window of 128,000, streaming only,
/// and one deployment at the provider <c>simulated</c>.
/// </summary>
public sealed class LanguageModelBuilder(string name)
{
    private readonly Dictionary<TaskKind, float> _qualityByTask = [];
    private readonly List<(string Provider, string Name, int Weight, int Priority)> _deployments = [];
    private ModelPrice _price = new(1, 1, 1, 1);
    private float _quality = 0.5f;
    private int _contextWindow = 128_000;
    private int? _maxOutputTokens;
    private Capabilities _capabilities = Capabilities.Streaming;
    private ParameterAdaptation _parameters = ParameterAdaptation.Nothing;
    private string _balancing = BalancingPolicies.Weighted;
    private bool _statesQuality = true;
    private bool _hasNoDeployment;
    private bool _onlyResponses;

    public LanguageModelBuilder Quality(float quality)
    {
        _quality = quality;
        return this;
    }

    public LanguageModelBuilder Quality(TaskKind task, float quality)
    {
        _qualityByTask[task] = quality;
        return this;
    }

    public LanguageModelBuilder StatesNoQuality()
    {
        _statesQuality = false;
        return this;
    }

    /// <summary>USD per million tokens.</summary>
    public LanguageModelBuilder Price(decimal input, decimal output, decimal perRequest = 0)
    {
        _price = new ModelPrice(input, input, input, output, perRequest);
        return this;
    }

    public LanguageModelBuilder Window(int tokens, int? maxOutputTokens = null)
    {
        _contextWindow = tokens;
        _maxOutputTokens = maxOutputTokens;
        return this;
    }

    /// <summary>What it can do beside streaming.</summary>
    public LanguageModelBuilder Can(Capabilities capabilities)
    {
        _capabilities = capabilities.HasFlag(Capabilities.Embeddings) ? capabilities : Capabilities.Streaming | capabilities;
        return this;
    }

    public LanguageModelBuilder CannotStream()
    {
        _capabilities &= ~Capabilities.Streaming;
        return this;
    }

    public LanguageModelBuilder Drops(params string[] parameters)
    {
        _parameters = _parameters with { Drops = parameters.ToFrozenSet() };
        return this;
    }

    public LanguageModelBuilder Balancing(string policy)
    {
        _balancing = policy;
        return this;
    }

    /// <summary>Its id is <c>provider/name</c>; without a name that of the model.</summary>
    public LanguageModelBuilder At(string provider, string? deployment = null, int weight = 1, int priority = 0)
    {
        _deployments.Add((provider, deployment ?? name, weight, priority));
        return this;
    }

    /// <summary>Its deployments answer at OpenAI's Responses API alone.</summary>
    public LanguageModelBuilder OnlyResponses(bool onlyResponses = true)
    {
        _onlyResponses = onlyResponses;
        return this;
    }

    public LanguageModelBuilder WithoutDeployment()
    {
        _hasNoDeployment = true;
        return this;
    }

    internal LanguageModel Build(int index, Func<string, ProviderModel> provider)
    {
        if (_deployments.Count == 0 && !_hasNoDeployment)
            At(RouterBuilder.DefaultProvider);
        return new LanguageModel
        {
            Name = name,
            Index = index,
            Price = _price,
            ContextWindow = _contextWindow,
            MaxOutputTokens = _maxOutputTokens,
            Capabilities = _capabilities,
            QualityByTask = [.. Enum.GetValues<TaskKind>().Select(task => _qualityByTask.GetValueOrDefault(task, _quality))],
            DefaultQuality = _quality,
            StatesQuality = _statesQuality,
            Balancing = _balancing,
            Parameters = _parameters,
            Deployments =
            [
                .. _deployments.Select((deployment, place) => new DeploymentModel
                {
                    Id = $"{deployment.Provider}/{deployment.Name}",
                    Index = place,
                    Provider = provider(deployment.Provider),
                    Name = deployment.Name,
                    Weight = deployment.Weight,
                    Priority = deployment.Priority,
                    OnlyResponses = _onlyResponses,
                }),
            ],
        };
    }
}
