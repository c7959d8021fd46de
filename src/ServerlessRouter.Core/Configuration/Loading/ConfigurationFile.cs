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

    private readonly string _path;
    private readonly RouterConfigLoader _loader;
    private readonly RouterModelSource _source;
    private readonly TimeProvider _time;
    private readonly ILogger<ConfigurationFile> _logger;
    private readonly CancellationTokenSource _stopping = new();
    private string _loadedVersion;
    private string? _lastReadVersion;
    private bool _isMissing;
    private Task _following = Task.CompletedTask;

    /// <summary>Takes the file whose text was already loaded into the source.</summary>
    public ConfigurationFile(string path, RouterConfigLoader loader, RouterModelSource source, TimeProvider time, ILogger<ConfigurationFile> logger)
    {
        (_path, _loader, _source, _time, _logger) = (path, loader, source, time, logger);
        _loadedVersion = source.Current.Version;
    }

    /// <summary>Begins to follow the file, until disposed.</summary>
    public void Start() => _following = FollowAsync(_stopping.Token);

    public async ValueTask DisposeAsync()
    {
        if (!_stopping.IsCancellationRequested)
            await _stopping.CancelAsync().ConfigureAwait(false);
        await _following.ConfigureAwait(false);
        _stopping.Dispose();
    }

    /// <summary>Reads the file once and publishes what it says if that is new, settled and valid.</summary>
    internal async Task CheckAsync(CancellationToken cancellationToken)
    {
        if (await ReadAsync(cancellationToken).ConfigureAwait(false) is not { } text)
            return;
        var version = RouterConfigLoader.VersionOf(text);
        var isSettled = version == _lastReadVersion;
        _lastReadVersion = version;
        if (!isSettled || version == _loadedVersion)
            return;

        var result = await _loader.LoadAsync(text, cancellationToken).ConfigureAwait(false);
        // Also for a bad file: it is reported once, not every second.
        _loadedVersion = version;
        foreach (var warning in result.Warnings)
            LogWarning(_path, warning);
        foreach (var error in result.Errors)
            LogError(_path, error);
        if (result.Model is { } model)
        {
            _source.Publish(model);
            LogChanged(_path, model.Version);
        }
        else
        {
            LogKept(_path, Counted.Of(result.Errors.Length, "error"), _source.Current.Version);
        }
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
                    await CheckAsync(cancellationToken).ConfigureAwait(false);
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

    [LoggerMessage(EventId = 6, Level = LogLevel.Error, Message = "Following {Path} failed; it is read again")]
    private partial void LogFailed(Exception failure, string path);
}
