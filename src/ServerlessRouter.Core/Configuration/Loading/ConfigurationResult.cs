using System.Collections.Immutable;

namespace ServerlessRouter.Configuration.Loading;

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
