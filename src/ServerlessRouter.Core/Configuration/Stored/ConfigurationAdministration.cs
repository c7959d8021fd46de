using System.Collections.Immutable;
using ServerlessRouter.Audit;
using ServerlessRouter.Configuration.Loading;
using ServerlessRouter.Configuration.Validation;

namespace ServerlessRouter.Configuration.Stored;

/// <summary>Changes what all instances run on. A configuration is loaded, with its secrets, before it may become active.</summary>
/// <param name="store">Where configurations are kept.</param>
/// <param name="loader">As every instance loads them.</param>
/// <param name="follow">Lets this instance follow the pointer now.</param>
/// <param name="audit">Is told of every activation, before it takes place; null where that cannot be kept.</param>
public sealed class ConfigurationAdministration(ConfigurationStore store, RouterConfigLoader loader, Func<CancellationToken, Task> follow, AuditLog? audit = null)
{
    private const int MaxConflicts = 8;

    /// <summary>Finds the issued keys whose names a configuration gives to keys of its own; null where none are issued.</summary>
    public Func<RouterModel, CancellationToken, ValueTask<IReadOnlyList<(string Name, string Id)>>>? FindTakenAsync { get; init; }

    /// <summary>Where configurations are kept.</summary>
    public ConfigurationStore Store => store;

    /// <summary>Saves a text and makes it the active configuration, if it has no errors.</summary>
    /// <param name="document">The text, of at most <see cref="ConfigurationStore.MaxBytes"/>.</param>
    /// <param name="expected">The version that must be active now; null: whichever is.</param>
    /// <param name="cancellationToken">The caller's cancellation.</param>
    /// <param name="act">Who does it; null leaves no line in the audit log.</param>
    public async ValueTask<ConfigurationChange> ReplaceAsync(ReadOnlyMemory<byte> document, string? expected, CancellationToken cancellationToken, AdminAct? act = null)
    {
        var result = await loader.LoadAsync(document, cancellationToken).ConfigureAwait(false);
        if (result.Model is null)
            return new ConfigurationChange.Refused(result.Errors);
        if (PlainSecrets.Find(document) is { IsEmpty: false } secrets)
            return new ConfigurationChange.Refused(secrets);
        if (await CheckAsync(result.Model, cancellationToken).ConfigureAwait(false) is { IsEmpty: false } conflicts)
            return new ConfigurationChange.Refused(conflicts);
        var version = await store.SaveAsync(document, cancellationToken).ConfigureAwait(false);
        return await PointToAsync(version, expected, result, act, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes a saved version the active one, if it still has no errors: the way back, and forth again.</summary>
    /// <param name="version">The version.</param>
    /// <param name="expected">The version that must be active now; null: whichever is.</param>
    /// <param name="cancellationToken">The caller's cancellation.</param>
    /// <param name="act">Who does it; null leaves no line in the audit log.</param>
    public async ValueTask<ConfigurationChange> ActivateAsync(string version, string? expected, CancellationToken cancellationToken, AdminAct? act = null)
    {
        if (await store.ReadAsync(version, cancellationToken).ConfigureAwait(false) is not { } text)
            return new ConfigurationChange.UnknownVersion(version);
        var result = await loader.LoadAsync(text, cancellationToken).ConfigureAwait(false);
        if (result.Model is null)
            return new ConfigurationChange.Refused(result.Errors);
        return await CheckAsync(result.Model, cancellationToken).ConfigureAwait(false) is { IsEmpty: false } conflicts
            ? new ConfigurationChange.Refused(conflicts)
            : await PointToAsync(version, expected, result, act, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<ImmutableArray<ConfigurationProblem>> CheckAsync(RouterModel model, CancellationToken cancellationToken)
    {
        if (FindTakenAsync is not { } find)
            return [];
        var taken = await find(model, cancellationToken).ConfigureAwait(false);
        return
        [
            .. taken.Select(static key => new ConfigurationProblem(
                ConfigPath.Member("keys", key.Name), $"has the name of a key that was issued ({key.Id}), and a name belongs to one key; choose another name, or delete that key first")),
        ];
    }

    private async ValueTask<ConfigurationChange> PointToAsync(string version, string? expected, ConfigurationResult result, AdminAct? act, CancellationToken cancellationToken)
    {
        ActiveConfiguration? active = null;
        AuditLine? line = null;
        for (var conflict = 0; conflict < MaxConflicts; conflict++)
        {
            active = await store.FindActiveAsync(cancellationToken).ConfigureAwait(false);
            if (expected is not null && active?.Version != expected)
                break;
            var isActive = active?.Version == version;
            if (line is null && !isActive && audit is not null && act is not null)
                line = await audit.BeginAsync(act, "configuration.activate", version, active is null ? null : LineOf(active.Version), LineOf(version), cancellationToken).ConfigureAwait(false);
            if (!isActive && !await store.TryActivateAsync(version, active, cancellationToken).ConfigureAwait(false))
                continue;
            if (line is { } done)
                await audit!.EndAsync(done, !isActive, active is null ? null : LineOf(active.Version)).ConfigureAwait(false);
            await follow(cancellationToken).ConfigureAwait(false);
            return new ConfigurationChange.Activated(version, isActive ? active!.Previous : active?.Version, result.Warnings);
        }

        if (line is { } begun)
            await audit!.EndAsync(begun, isDone: false).ConfigureAwait(false);
        return new ConfigurationChange.Conflict(active?.Version);
    }

    private static string LineOf(string version) => $$"""{"version":"{{version}}"}""";
}

/// <summary>What became of a wish to change the active configuration.</summary>
public abstract record ConfigurationChange
{
    private ConfigurationChange()
    {
    }

    /// <summary>The version is active: every instance follows within its refresh interval, and this one does already.</summary>
    /// <param name="Version">The active version.</param>
    /// <param name="Previous">The one before; null when it is the first.</param>
    /// <param name="Warnings">What is allowed and probably not meant.</param>
    public sealed record Activated(string Version, string? Previous, ImmutableArray<ConfigurationProblem> Warnings) : ConfigurationChange;

    /// <summary>It has errors; what was active still is.</summary>
    public sealed record Refused(ImmutableArray<ConfigurationProblem> Errors) : ConfigurationChange;

    /// <summary>Another version is active than the one the change was meant for; null when none is.</summary>
    public sealed record Conflict(string? ActiveVersion) : ConfigurationChange;

    /// <summary>There is no such version.</summary>
    public sealed record UnknownVersion(string Version) : ConfigurationChange;
}
