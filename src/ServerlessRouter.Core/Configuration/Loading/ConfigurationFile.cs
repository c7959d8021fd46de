using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Configuration.Loading;

/// <summary>Follows a configuration file: what it says becomes the current model, and a bad or missing file leaves the model as it is.</summary>
/// <remarks>
/// The file is read, not watched: change notices do not reach network shares and mounted volumes, and get lost when an editor replaces the file.
/// </remarks>
public sealed partial class ConfigurationFile : IAsyncDisposable
{
    /// <summary>How often the file is read. A change counts once two readings in a row agree, so a half-written file is left alone.</summary>
    public static readonly TimeSpan ReadInterval = TimeSpan.FromSeconds(1);

    /// <summary>How often secrets are looked up again, so that a rotated key comes into use.</summary>
    public static readonly TimeSpan SecretsInterval = TimeSpan.FromMinutes(5);

    private readonly string _path;
    private readonly RouterConfigLoader _loader;
    private readonly RouterModelSource _source;
    private readonly TimeProvider _time;
    private readonly ILogger<ConfigurationFile> _logger;
    private readonly CancellationTokenSource _stopping = new();
    private string _loadedVersion;
    private string? _lastReadVersion;
    private bool _isMissing;
    private string? _secrets;
    private DateTimeOffset _lookAgainAt = DateTimeOffset.MinValue;
    private Task _following = Task.CompletedTask;

    /// <summary>Takes the file whose text was already loaded into the source.</summary>
    public ConfigurationFile(string path, RouterConfigLoader loader, RouterModelSource source, TimeProvider time, ILogger<ConfigurationFile> logger)
    {
        (_path, _loader, _source, _time, _logger) = (path, loader, source, time, logger);
        _loadedVersion = source.Current.Version;
    }

    /// <summary>What else speaks against a configuration that has no errors of its own; null where nothing can.</summary>
    public Func<RouterModel, CancellationToken, ValueTask<ImmutableArray<ConfigurationProblem>>>? CheckAsync { get; init; }

    /// <summary>Is told of each version that was read and what is wrong with it; nothing is where it counts now. Must not block or throw.</summary>
    public Action<string, ImmutableArray<ConfigurationProblem>>? Read { get; init; }

    /// <summary>Begins to follow the file, until disposed.</summary>
    public void Start() => _following = FollowAsync(_stopping.Token);

    public async ValueTask DisposeAsync()
    {
        if (!_stopping.IsCancellationRequested)
            await _stopping.CancelAsync().ConfigureAwait(false);
        await _following.ConfigureAwait(false);
        _stopping.Dispose();
    }

    /// <summary>Reads the file once and publishes what it says if that is new, settled and valid, or if a secret that it names is another one.</summary>
    internal async Task ReadOnceAsync(CancellationToken cancellationToken)
    {
        if (await ReadAsync(cancellationToken).ConfigureAwait(false) is not { } text)
            return;
        var version = RouterConfigLoader.VersionOf(text);
        var isSettled = version == _lastReadVersion;
        _lastReadVersion = version;
        var now = _time.GetUtcNow();
        if (!isSettled)
            return;
        if (version == _loadedVersion)
        {
            if (now >= _lookAgainAt)
                await LookUpSecretsAsync(text, now, cancellationToken).ConfigureAwait(false);
            return;
        }

        var result = await _loader.LoadAsync(text, cancellationToken).ConfigureAwait(false);
        var errors = result.Model is { } read && CheckAsync is { } check ? await check(read, cancellationToken).ConfigureAwait(false) : result.Errors;
        // Also for a bad file: it is reported once, not every second.
        (_loadedVersion, _lookAgainAt) = (version, now + SecretsInterval);
        Read?.Invoke(version, errors);
        foreach (var warning in result.Warnings)
            LogWarning(_path, warning);
        foreach (var error in errors)
            LogError(_path, error);
        if (result.Model is { } model && errors.IsEmpty)
        {
            _secrets = result.SecretsFingerprint;
            _source.Publish(model);
            LogChanged(_path, model.Version);
        }
        else
        {
            LogKept(_path, Counted.Of(errors.Length, "error"), _source.Current.Version);
        }
    }

    /// <summary>The same text with the same secrets is the same model, which connections and health hang on. A secret that cannot be looked up now leaves all as it is.</summary>
    private async Task LookUpSecretsAsync(byte[] text, DateTimeOffset now, CancellationToken cancellationToken)
    {
        _lookAgainAt = now + SecretsInterval;
        var result = await _loader.LoadAsync(text, cancellationToken).ConfigureAwait(false);
        if (result.Model is not { } model || model.Version != _source.Current.Version)
            return;
        var before = _secrets;
        _secrets = result.SecretsFingerprint;
        if (before is null || before == _secrets)
            return;
        _source.Publish(model);
        LogRotated(_path);
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(ReadInterval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            {
                try
                {
                    await ReadOnceAsync(cancellationToken).ConfigureAwait(false);
                }
                catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
                {
                    // A secret store or a subscriber that fails must not end the following.
                    LogFailed(failure, _path);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    private async Task<byte[]?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var text = await File.ReadAllBytesAsync(_path, cancellationToken).ConfigureAwait(false);
            _isMissing = false;
            return text;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            // An editor that replaces the file by another leaves a moment without one; saying so once is enough.
            if (!_isMissing)
                LogUnreadable(_path, unreadable.Message, _source.Current.Version);
            _isMissing = true;
            return null;
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "{Path} changed; new requests run on version {Version}")]
    private partial void LogChanged(string path, string version);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "{Path}: {Problem}")]
    private partial void LogWarning(string path, ConfigurationProblem problem);

    [LoggerMessage(EventId = 3, Level = LogLevel.Error, Message = "{Path}: {Problem}")]
    private partial void LogError(string path, ConfigurationProblem problem);

    [LoggerMessage(EventId = 4, Level = LogLevel.Error, Message = "{Path} changed but has {Errors}; requests stay on version {Version}")]
    private partial void LogKept(string path, string errors, string version);

    [LoggerMessage(EventId = 5, Level = LogLevel.Warning, Message = "{Path} cannot be read ({Reason}); requests stay on version {Version}")]
    private partial void LogUnreadable(string path, string reason, string version);

    [LoggerMessage(EventId = 7, Level = LogLevel.Information, Message = "Secrets that {Path} names were changed; new requests run on them")]
    private partial void LogRotated(string path);

    [LoggerMessage(EventId = 6, Level = LogLevel.Error, Message = "Following {Path} failed; it is read again")]
    private partial void LogFailed(Exception failure, string path);
}
