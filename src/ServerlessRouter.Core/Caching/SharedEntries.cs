using System.Threading.Channels;
using ServerlessRouter.Background;
using ServerlessRouter.Domain;
using ServerlessRouter.Json;
using ServerlessRouter.State;

namespace ServerlessRouter.Caching;

/// <summary>
/// Kept answers in the table store, for every instance over it and for the next run of this one. No request waits for a write, and none longer than <see cref="ReadTimeout"/> for a read: a store that is slow or away has no
/// answer, which is all that callers notice.
/// </summary>
internal sealed class SharedEntries
{
    /// <summary>The name of <see cref="WriteStep"/>.</summary>
    public const string WriteName = "cache";

    /// <summary>The name of <see cref="ExpiryStep"/>.</summary>
    public const string ExpiryName = "cache-expiry";

    /// <summary>A model takes longer for its first token, and a caller does not notice.</summary>
    public static readonly TimeSpan ReadTimeout = TimeSpan.FromMilliseconds(20);

    /// <summary>Writes that may wait; further ones are dropped.</summary>
    public const int MaxWaiting = 512;

    /// <summary>The bytes that may wait, whatever their number.</summary>
    public const long MaxWaitingBytes = 32L * 1024 * 1024;

    /// <summary>What one run of an instance may have in the store at a time.</summary>
    public const long MaxStoredBytes = 1024L * 1024 * 1024;

    /// <summary>So many late reads in a row, and none is tried for <see cref="Pause"/>.</summary>
    private const int LateInRow = 5;

    private const int StampBits = 1 << 30;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly ITableStore _store;
    private readonly TimeProvider _time;
    private readonly IRandomSource _random;
    private readonly Channel<Change> _changes = Channel.CreateBounded<Change>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });

    /// <summary>Bytes written, by the hour in which they are past their time; the writing step's alone.</summary>
    private readonly Dictionary<long, long> _stored = [];
    private long _waitingBytes;
    private int _late;
    private long _pausedUntil;

    public SharedEntries(ITableStore store, TimeProvider time, IRandomSource random)
    {
        (_store, _time, _random) = (store, time, random);
        WriteStep = new PeriodicStep(WriteName, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10), WriteAsync) { RunsLast = true };
        ExpiryStep = new PeriodicStep(ExpiryName, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(5), ForgetAsync);
    }

    /// <summary>Writes what waits, and once more at the end.</summary>
    public PeriodicStep WriteStep { get; }

    /// <summary>Deletes what is past its time; every instance does, and two do no harm.</summary>
    public PeriodicStep ExpiryStep { get; }

    /// <summary>The answer of a key; null also where the store is late or away.</summary>
    public async ValueTask<CachedAnswer?> FindAsync(CacheKey key, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _pausedUntil) is not 0 and var paused && _time.GetTimestamp() < paused)
            return null;
        using var within = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var read = ReadAsync(key.ToHex(), within.Token);
        // A store that does not listen to its token is waited for no longer, either.
        var isInTime = read.IsCompleted || await Task.WhenAny(read, Task.Delay(ReadTimeout, _time, within.Token)).ConfigureAwait(false) == read;
        await within.CancelAsync().ConfigureAwait(false);
        if (isInTime)
        {
            Volatile.Write(ref _late, 0);
            return await read.ConfigureAwait(false);
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (Interlocked.Increment(ref _late) >= LateInRow)
            Volatile.Write(ref _pausedUntil, _time.GetTimestamp() + (long)(Pause.TotalSeconds * _time.TimestampFrequency));
        return null;
    }

    /// <summary>Has an answer written; dropped where too much waits.</summary>
    public void Put(CacheKey key, CachedAnswer answer) => Enqueue(new Change(key, answer));

    /// <summary>Has an answer deleted.</summary>
    public void Remove(CacheKey key) => Enqueue(new Change(key, null));

    private void Enqueue(Change change)
    {
        if (Interlocked.Read(ref _waitingBytes) + change.Bytes > MaxWaitingBytes || !_changes.Writer.TryWrite(change))
            return;
        Interlocked.Add(ref _waitingBytes, change.Bytes);
        WriteStep.Wake();
    }

    /// <summary>Never fails: what cannot be read is not there.</summary>
    private async Task<CachedAnswer?> ReadAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            if (await _store.GetAsync(CacheRows.Table, CacheRows.Partition(key), key, cancellationToken).ConfigureAwait(false) is not { } first || CacheRows.ExpiryOf(first) <= _time.GetUtcNow())
                return null;
            var count = CacheRows.RowsOf(first);
            if (count is < 1 or > CacheRows.MaxRows)
                return null;
            var rows = new TableEntity?[count];
            rows[0] = first;
            for (var row = 1; row < rows.Length; row++)
                rows[row] = await _store.GetAsync(CacheRows.Table, CacheRows.Partition(key), CacheRows.RowKey(key, row), cancellationToken).ConfigureAwait(false);
            return CacheRows.Read(rows) is { } bytes && CachedAnswerBytes.TryRead(bytes, out var answer) ? answer : null;
        }
        catch (Exception absent) when (absent is TableStoreUnavailableException or OperationCanceledException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>What a stop or an outage breaks off waits for the next turn; of an orderly stop that is the last one.</summary>
    private async ValueTask WriteAsync(CancellationToken cancellationToken)
    {
        while (_changes.Reader.TryPeek(out var change))
        {
            try
            {
                await WriteAsync(change, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception bug) when (bug is not (OperationCanceledException or TableStoreUnavailableException))
            {
                Forget(change);
                throw;
            }

            Forget(change);
        }
    }

    private void Forget(Change change)
    {
        _changes.Reader.TryRead(out _);
        Interlocked.Add(ref _waitingBytes, -change.Bytes);
    }

    private async ValueTask WriteAsync(Change change, CancellationToken cancellationToken)
    {
        var key = change.Key.ToHex();
        if (change.Answer is not { } answer)
            await _store.DeleteAsync(CacheRows.Table, CacheRows.Partition(key), key, cancellationToken).ConfigureAwait(false);
        else if (answer.ExpiresAt > _time.GetUtcNow() && HasRoomFor(answer))
            await WriteAsync(key, answer, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask WriteAsync(string key, CachedAnswer answer, CancellationToken cancellationToken)
    {
        var bytes = BytesOf(answer);
        await _store.WriteAsync(CacheRows.Table, TableOperation.UpsertReplace(CacheRows.WriteExpiry(key, bytes.Length, answer.ExpiresAt)), cancellationToken).ConfigureAwait(false);
        var stamp = $"{_random.Next(StampBits):x}{_random.Next(StampBits):x}";
        foreach (var row in CacheRows.Write(key, bytes, answer.ExpiresAt, stamp))
            await _store.WriteAsync(CacheRows.Table, TableOperation.UpsertReplace(row), cancellationToken).ConfigureAwait(false);
        var hour = HourOf(answer.ExpiresAt);
        _stored[hour] = _stored.GetValueOrDefault(hour) + answer.Size;
    }

    private static byte[] BytesOf(CachedAnswer answer)
    {
        using var written = new PooledWriter(CachedAnswerBytes.UsualLength(answer));
        CachedAnswerBytes.Write(answer, written);
        return written.Written.ToArray();
    }

    /// <summary>False while this run has as much in the store as it may.</summary>
    private bool HasRoomFor(CachedAnswer answer)
    {
        var now = HourOf(_time.GetUtcNow());
        foreach (var past in _stored.Keys.Where(hour => hour < now).ToList())
            _stored.Remove(past);
        return _stored.Values.Sum() + answer.Size <= MaxStoredBytes;
    }

    private static long HourOf(DateTimeOffset time) => time.UtcTicks / TimeSpan.TicksPerHour;

    private async ValueTask ForgetAsync(CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        await foreach (var index in _store.QueryAsync(CacheRows.Table, TableQuery.AcrossPartitions(CacheRows.ExpiredAt(now)), cancellationToken).ConfigureAwait(false))
        {
            var (key, partition) = (index.RowKey, CacheRows.Partition(index.RowKey));
            // One that was kept anew has another row here.
            if (await _store.GetAsync(CacheRows.Table, partition, key, cancellationToken).ConfigureAwait(false) is not { } first || CacheRows.ExpiryOf(first) <= now)
            {
                for (var row = 0; row < CacheRows.RowsOf(index); row++)
                    await _store.DeleteAsync(CacheRows.Table, partition, CacheRows.RowKey(key, row), cancellationToken).ConfigureAwait(false);
            }

            await _store.DeleteAsync(CacheRows.Table, index.PartitionKey, key, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>What is to be written, or deleted where there is no answer.</summary>
    private readonly record struct Change(CacheKey Key, CachedAnswer? Answer)
    {
        public int Bytes => Answer?.Size ?? 0;
    }
}
