using ServerlessRouter.Background;
using ServerlessRouter.Errors;
using ServerlessRouter.State;

namespace ServerlessRouter.Logins;

/// <summary>
/// Remembers sessions in the table store, so that every instance knows them and a restart ends none. What was read is believed for a few seconds, so that the many calls of a page read the store once; that
/// long after a session was ended here, another instance may still take it.
/// </summary>
/// <remarks><code>logins   logins | HASH   the holder, the end, and the key, encrypted under the token that HASH is of</code></remarks>
public sealed class LoginBook(ITableStore store, TimeProvider time)
{
    /// <summary>How long a session lasts from its login, used or not: a working day, and none is found open the next morning.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromHours(12);

    /// <summary>Sessions in all; beyond them the oldest ends, those of callers before those of admins.</summary>
    public const int MaxSessions = 1000;

    /// <summary>Sessions of one holder; beyond them its oldest ends.</summary>
    public const int MaxSessionsOfOne = 20;

    /// <summary>How long what was read is believed.</summary>
    public static readonly TimeSpan Believed = TimeSpan.FromSeconds(5);

    private const string Table = "logins";
    private const string Partition = "logins";
    private const string Holder = "Holder";
    private const string IsAdmin = "IsAdmin";
    private const string Sealed = "Sealed";
    private const string ExpiresAt = "ExpiresAt";
    private const int MaxLookups = 8;
    private static readonly TimeSpan LookupPatience = TimeSpan.FromSeconds(2);

    private readonly ReadLimiter _places = new(MaxLookups, LookupPatience, time);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (TableEntity? Row, long ReadAt)> _read = new(StringComparer.Ordinal);

    /// <summary>Opens a session, and ends those that are over or too many.</summary>
    public async ValueTask<LoginSession> OpenAsync(LoginToken token, LoginHolder holder, string key, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(token);
        ArgumentNullException.ThrowIfNull(holder);
        await MakeRoomAsync(holder, cancellationToken).ConfigureAwait(false);
        var session = new LoginSession(holder, key, time.GetUtcNow() + Life);
        var row = new TableEntity(Partition, token.Id) { [Holder] = holder.Name, [IsAdmin] = holder.IsAdmin, [Sealed] = token.Seal(key), [ExpiresAt] = session.ExpiresAt };
        await store.WriteAsync(Table, TableOperation.Insert(row), cancellationToken).ConfigureAwait(false);
        Remember(token.Id, row);
        return session;
    }

    /// <summary>The session of this token, if it goes on.</summary>
    public async ValueTask<LoginReading> FindAsync(LoginToken token, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(token);
        if (!TryRecall(token.Id, Believed, out var row))
        {
            // Cookies that were made up must not keep the store from what requests need.
            if (!await _places.TryTakeAsync(cancellationToken).ConfigureAwait(false))
                return new LoginReading(null, new RouterError(RouterErrorCode.TemporarilyUnavailable, "Many sessions are looked up at once. Try again shortly.") { RetryAfter = ReadLimiter.RetryAfter });
            try
            {
                row = await store.GetAsync(Table, Partition, token.Id, cancellationToken).ConfigureAwait(false);
                Remember(token.Id, row);
            }
            catch (TableStoreUnavailableException) when (TryRecall(token.Id, Life, out row))
            {
                // An instance that knows a session goes on with it while the storage fails.
            }
            finally
            {
                _places.Leave();
            }
        }

        return new LoginReading(row is not null && row[ExpiresAt].AsDateTime() is var end && end > time.GetUtcNow() && token.Open(row[Sealed].AsBinary().Span) is { } key
            ? new LoginSession(HolderOf(row), key, end)
            : null, null);
    }

    /// <summary>Ends a session: here at once, everywhere else within <see cref="Believed"/>.</summary>
    public async ValueTask EndAsync(LoginToken token, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(token);
        Remember(token.Id, null);
        await store.WriteAsync(Table, TableOperation.Delete(Partition, token.Id, TableETag.Any), cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask MakeRoomAsync(LoginHolder holder, CancellationToken cancellationToken)
    {
        var (now, live) = (time.GetUtcNow(), new List<TableEntity>());
        await foreach (var row in store.QueryAsync(Table, TableQuery.InPartition(Partition), cancellationToken).ConfigureAwait(false))
        {
            if (row[ExpiresAt].AsDateTime() > now)
                live.Add(row);
            else
                await EraseAsync(row, cancellationToken).ConfigureAwait(false);
        }

        var own = live.Where(row => HolderOf(row) == holder).ToList();
        var surplus = own.OrderBy(static row => row[ExpiresAt].AsDateTime()).Take(own.Count - MaxSessionsOfOne + 1).ToList();
        var rest = live.Except(surplus).ToList();
        surplus.AddRange(rest.OrderBy(static row => row[IsAdmin].AsBoolean()).ThenBy(static row => row[ExpiresAt].AsDateTime()).Take(rest.Count - MaxSessions + 1));
        foreach (var row in surplus)
            await EraseAsync(row, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask EraseAsync(TableEntity row, CancellationToken cancellationToken)
    {
        Remember(row.RowKey, null);
        await store.WriteAsync(Table, TableOperation.Delete(Partition, row.RowKey, TableETag.Any), cancellationToken).ConfigureAwait(false);
    }

    private static LoginHolder HolderOf(TableEntity row) => new(row[Holder].AsString(), row[IsAdmin].AsBoolean());

    private bool TryRecall(string id, TimeSpan within, out TableEntity? row)
    {
        lock (_lock)
        {
            var isKnown = _read.TryGetValue(id, out var read) && time.GetElapsedTime(read.ReadAt) < within;
            row = isKnown ? read.Row : null;
            return isKnown;
        }
    }

    private void Remember(string id, TableEntity? row)
    {
        lock (_lock)
        {
            if (_read.Count >= MaxSessions && !_read.ContainsKey(id))
                _read.Clear();
            _read[id] = (row, time.GetTimestamp());
        }
    }
}
