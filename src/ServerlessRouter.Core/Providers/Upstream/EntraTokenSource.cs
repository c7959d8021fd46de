using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Providers.Upstream;

/// <summary>Keeps one Entra token for all calls of a scope and replaces it in the background before it expires, so that no request waits for one but the first.</summary>
internal sealed partial class EntraTokenSource(Func<TokenCredential> createCredential, TimeProvider time, ILogger<EntraTokenSource> logger, string scope = EntraTokenSource.Scope) : IAsyncDisposable
{
    /// <summary>What Azure's AI services ask for, but for the models of others that Foundry serves.</summary>
    public const string Scope = "https://cognitiveservices.azure.com/.default";

    /// <summary>A token is replaced this long before it expires, unless Entra itself names an earlier time.</summary>
    public static readonly TimeSpan RefreshAhead = TimeSpan.FromMinutes(10);

    /// <summary>A token this close to its end is not sent any more: it might expire on the way.</summary>
    public static readonly TimeSpan UnusableBefore = TimeSpan.FromSeconds(30);

    /// <summary>Time between two tries, whatever the first came to.</summary>
    public static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(10);

    private readonly TokenRequestContext _request = new([scope]);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lazy<TokenCredential> _credential = new(createCredential);
    private volatile EntraToken? _current;
    private Task<EntraToken>? _refreshing;
    private DateTimeOffset _notBefore;

    /// <summary>The token; at once while one is valid.</summary>
    public ValueTask<EntraToken> GetAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var current = _current;
        if (current is not null && now < current.RefreshAt)
            return new(current);
        var refresh = Refresh(now, current);
        return current is not null && now < current.ExpiresAt ? new(current) : new(refresh.WaitAsync(cancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        Task<EntraToken>? refreshing;
        lock (_lock)
            refreshing = _refreshing;
        if (refreshing is not null)
            await refreshing.ConfigureAwait(false);
        _stopping.Dispose();
    }

    /// <summary>One refresh at a time, and not one after another when Entra gives no better token.</summary>
    private Task<EntraToken> Refresh(DateTimeOffset now, EntraToken? current)
    {
        lock (_lock)
        {
            if (_refreshing is { IsCompleted: false } running)
                return running;
            if (!ReferenceEquals(current, _current) && _current is { } newer)
                return Task.FromResult(newer);
            if (_refreshing is { } last && now < _notBefore)
                return last;
            // On the pool: a credential may do much before its first await, and this is a request's thread.
            return _refreshing = Task.Run(FetchAsync);
        }
    }

    private async Task<EntraToken> FetchAsync()
    {
        try
        {
            var token = await _credential.Value.GetTokenAsync(_request, _stopping.Token).ConfigureAwait(false);
            var halfLife = (token.ExpiresOn - time.GetUtcNow()) / 2;
            var ahead = token.ExpiresOn - (halfLife < RefreshAhead ? halfLife : RefreshAhead);
            var refreshAt = token.RefreshOn is { } named && named < ahead ? named : ahead;
            return _current = new EntraToken($"Bearer {token.Token}", null) { RefreshAt = refreshAt, ExpiresAt = token.ExpiresOn - UnusableBefore };
        }
        catch (Exception exception)
        {
            // Azure.Identity throws many types; the message may name tenants, so only the type is logged.
            if (!_stopping.IsCancellationRequested)
                LogNoToken(logger, exception.GetType().Name);
            var kind = exception is AuthenticationFailedException ? FailureKind.CredentialRefused : FailureKind.ConnectFailed;
            return new EntraToken(null, new AttemptFailure(kind, "No Entra token could be had for the provider."));
        }
        finally
        {
            lock (_lock)
                _notBefore = time.GetUtcNow() + RetryDelay;
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "No Entra token could be had ({Reason}); the current one is used while it lasts")]
    private static partial void LogNoToken(ILogger logger, string reason);
}

/// <summary>A token ready to be sent, or why there is none: one of the two is set.</summary>
internal sealed record EntraToken(string? Authorization, AttemptFailure? Failure)
{
    public DateTimeOffset RefreshAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }
}
