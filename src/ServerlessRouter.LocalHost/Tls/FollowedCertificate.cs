using System.Globalization;
using System.Net.Security;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessRouter.LocalHost.Starting;

namespace ServerlessRouter.LocalHost.Tls;

/// <summary>
/// The certificate new connections are opened with: what its files say, followed while the router runs. Connections that are open go on with the one they began with, and
/// files that cannot be used leave the certificate as it is.
/// </summary>
/// <remarks>Files are read, not watched, like the configuration's: change notices do not reach mounted volumes, and are lost where a link is moved.</remarks>
internal sealed partial class FollowedCertificate : IAsyncDisposable
{
    /// <summary>How often the files are read. A change counts once two readings in a row agree: certificate and key are two files.</summary>
    public static readonly TimeSpan ReadInterval = TimeSpan.FromSeconds(5);

    private readonly CertificateOptions _options;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private ILogger _logger = NullLogger.Instance;
    private SslStreamCertificateContext _current;
    private string _loaded;
    private string _lastRead;
    private bool _isMissing;
    private Task _following = Task.CompletedTask;

    private FollowedCertificate(CertificateOptions options, TimeProvider time, SslStreamCertificateContext current, string fingerprint)
    {
        (_options, _time, _current) = (options, time, current);
        (_loaded, _lastRead) = (fingerprint, fingerprint);
    }

    /// <summary>What new connections are opened with.</summary>
    public SslStreamCertificateContext Current => Volatile.Read(ref _current);

    /// <exception cref="StartRefusedException">The files cannot be used; the message says why and what to do.</exception>
    public static async Task<FollowedCertificate> LoadAsync(CertificateOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var files = await CertificateFiles.ReadAsync(options, cancellationToken);
        return new FollowedCertificate(options, time, files.Load(time.GetUtcNow()), files.Fingerprint);
    }

    /// <summary>Begins to follow the files, until disposed.</summary>
    public void Start(ILogger logger)
    {
        _logger = logger;
        _following = FollowAsync(_stopping.Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_stopping.IsCancellationRequested)
            await _stopping.CancelAsync();
        await _following;
        _stopping.Dispose();
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(ReadInterval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
                await CheckAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The router stops.
        }
    }

    private async Task CheckAsync(CancellationToken cancellationToken)
    {
        if (await ReadAsync(cancellationToken) is not { } files)
            return;
        var fingerprint = files.Fingerprint;
        var isSettled = fingerprint == _lastRead;
        _lastRead = fingerprint;
        if (!isSettled || fingerprint == _loaded)
            return;
        // Also of files that cannot be used: they are reported once, not at every reading.
        _loaded = fingerprint;
        try
        {
            var loaded = files.Load(_time.GetUtcNow());
            Volatile.Write(ref _current, loaded);
            var end = EndOf(loaded);
            LogChanged(_options.Path, end);
        }
        catch (StartRefusedException refused)
        {
            var end = EndOf(Current);
            LogKept(refused.Message, end);
        }
    }

    private async Task<CertificateFiles?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var files = await CertificateFiles.ReadAsync(_options, cancellationToken);
            _isMissing = false;
            return files;
        }
        catch (StartRefusedException unreadable)
        {
            // Where a file is replaced by another there is a moment without one; saying so once is enough.
            if (!_isMissing)
                LogKept(unreadable.Message, EndOf(Current));
            _isMissing = true;
            return null;
        }
    }

    private static string EndOf(SslStreamCertificateContext context) => context.TargetCertificate.NotAfter.ToUniversalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "{Path} changed; new connections use its certificate, which is valid until {Until}")]
    private partial void LogChanged(string path, string until);

    [LoggerMessage(EventId = 2, Level = LogLevel.Error, Message = "{Reason} New connections go on with the certificate from before, which is valid until {Until}")]
    private partial void LogKept(string reason, string until);
}
