using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Background;
using ServerlessRouter.Configuration.Loading;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Configuration.Stored;

/// <summary>Follows the stored configuration: what is active there becomes the current model; what cannot be loaded, or cannot be read, leaves the model as it is.</summary>
public sealed partial class ConfigurationFollower
{
    /// <summary>The name of <see cref="Step"/>.</summary>
    public const string StepName = "configuration";

    private readonly ConfigurationStore _store;
    private readonly RouterConfigLoader _loader;
    private readonly RouterModelSource _models;
    private readonly ConfigurationFollowerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<ConfigurationFollower> _logger;
    private string? _seenVersion;
    private string? _publishedFingerprint;
    private string? _reportedVersion;
    private DateTimeOffset _lookAgainAt;

    public ConfigurationFollower(
        ConfigurationStore store, RouterConfigLoader loader, RouterModelSource models, ConfigurationFollowerOptions options, TimeProvider time, ILogger<ConfigurationFollower> logger)
    {
        (_store, _loader, _models, _options, _time, _logger) = (store, loader, models, options.Validated(), time, logger);
        Step = new PeriodicStep(StepName, options.RefreshInterval, options.TurnTimeout, FollowAsync);
    }

    /// <summary>One turn: read the pointer and, where it moved or secrets are due to be looked up, load what it points to.</summary>
    public PeriodicStep Step { get; }

    /// <summary>What is active and cannot be loaded here; null where nothing is active, or what is active could be loaded.</summary>
    public UnloadedConfiguration? Unloaded { get; private set; }

    private async ValueTask FollowAsync(CancellationToken cancellationToken)
    {
        if (await _store.FindActiveAsync(cancellationToken).ConfigureAwait(false) is not { } active)
            return;
        if (active.Version == _seenVersion && _time.GetUtcNow() < _lookAgainAt)
            return;
        if (await _store.ReadAsync(active.Version, cancellationToken).ConfigureAwait(false) is not { } text)
        {
            Unloaded = new UnloadedConfiguration(active.Version, []);
            LogMissing(active.Version, _models.Current.Version);
            return;
        }

        var result = await _loader.LoadAsync(text, cancellationToken).ConfigureAwait(false);
        _seenVersion = active.Version;
        _lookAgainAt = _time.GetUtcNow() + (result.Model is null ? _options.RetryInterval : _options.SecretsInterval);
        Unloaded = result.Model is null ? new UnloadedConfiguration(active.Version, result.Errors) : null;
        Report(active.Version, result);
        // The same text with the same secrets is the same model, which connections and health hang on.
        if (result.Model is not { } model || (model.Version == _models.Current.Version && result.SecretsFingerprint == _publishedFingerprint))
            return;
        _publishedFingerprint = result.SecretsFingerprint;
        _models.Publish(model);
        LogChanged(model.Version);
    }

    /// <summary>Once for a version, not at every turn.</summary>
    private void Report(string version, ConfigurationResult result)
    {
        if (_reportedVersion == version)
            return;
        _reportedVersion = version;
        foreach (var warning in result.Warnings)
            LogWarning(version, warning);
        foreach (var error in result.Errors)
            LogError(version, error);
        if (result.Model is null)
            LogKept(version, Counted.Of(result.Errors.Length, "error"), _models.Current.Version, _options.RetryInterval.TotalSeconds);
    }

    [LoggerMessage(1, LogLevel.Information, "New requests run on the stored configuration, version {Version}")]
    private partial void LogChanged(string version);

    [LoggerMessage(2, LogLevel.Warning, "Configuration {Version}: {Problem}")]
    private partial void LogWarning(string version, ConfigurationProblem problem);

    [LoggerMessage(3, LogLevel.Error, "Configuration {Version}: {Problem}")]
    private partial void LogError(string version, ConfigurationProblem problem);

    [LoggerMessage(4, LogLevel.Error, "The active configuration {Version} has {Errors} on this instance; requests stay on version {Kept}, and it is tried again every {Seconds} s")]
    private partial void LogKept(string version, string errors, string kept, double seconds);

    [LoggerMessage(5, LogLevel.Error, "The active configuration {Version} is not whole in the store; requests stay on version {Kept}")]
    private partial void LogMissing(string version, string kept);
}

/// <summary>How closely an instance follows the stored configuration.</summary>
public sealed record ConfigurationFollowerOptions
{
    /// <summary>5 s: one read of one row, and a change is everywhere before its author has looked.</summary>
    public static readonly TimeSpan DefaultRefreshInterval = TimeSpan.FromSeconds(5);

    /// <summary>5 minutes: a rotated key works soon, and the vault is not asked all the time.</summary>
    public static readonly TimeSpan DefaultSecretsInterval = TimeSpan.FromMinutes(5);

    /// <summary>30 s: a role or a secret may be on its way.</summary>
    public static readonly TimeSpan DefaultRetryInterval = TimeSpan.FromSeconds(30);

    /// <summary>20 s: the store and the vault, both slow.</summary>
    public static readonly TimeSpan DefaultTurnTimeout = TimeSpan.FromSeconds(20);

    /// <summary>How often the pointer is read; every instance runs on a new version within this time. Default: <see cref="DefaultRefreshInterval"/>.</summary>
    public TimeSpan RefreshInterval { get; init; } = DefaultRefreshInterval;

    /// <summary>How often secrets are looked up again, so that a rotated key comes into use. Default: <see cref="DefaultSecretsInterval"/>.</summary>
    public TimeSpan SecretsInterval { get; init; } = DefaultSecretsInterval;

    /// <summary>How soon a version that cannot be loaded here is tried again: a role or a secret may be on its way. Default: <see cref="DefaultRetryInterval"/>.</summary>
    public TimeSpan RetryInterval { get; init; } = DefaultRetryInterval;

    /// <summary>How long one turn may take. Default: <see cref="DefaultTurnTimeout"/>.</summary>
    public TimeSpan TurnTimeout { get; init; } = DefaultTurnTimeout;

    /// <summary>These options; throws <see cref="ArgumentException"/> with everything that cannot be.</summary>
    internal ConfigurationFollowerOptions Validated()
    {
        new OptionsCheck(nameof(ConfigurationFollowerOptions))
            .Wait(nameof(RefreshInterval), RefreshInterval)
            .Wait(nameof(SecretsInterval), SecretsInterval)
            .Wait(nameof(RetryInterval), RetryInterval)
            .Wait(nameof(TurnTimeout), TurnTimeout)
            .Hold();
        return this;
    }
}

/// <summary>A stored configuration that is active and that this instance cannot load.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Errors">Why not; empty where its text is not whole in the store.</param>
public sealed record UnloadedConfiguration(string Version, ImmutableArray<ConfigurationProblem> Errors);
