using System.Collections.Immutable;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Background;
using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.State;

namespace ServerlessRouter.Keys;

/// <summary>The keys that were issued, as this instance knows them: what others change is known here within the refresh interval.</summary>
/// <remarks>In the order of a turn: 1 what changed is read, 2 the peppers are looked up where that is due, 3 keys that were used under an earlier pepper are put under the one of today.</remarks>
public sealed partial class IssuedKeys : IKeyRing
{
    public const string StepName = "issued keys";

    /// <summary>Keys put under another pepper in one turn, and those that may wait for it.</summary>
    private const int MaxMovedAtOnce = 64;

    /// <summary>How long instances that do not have the pepper of today yet still know a key that was put under it.</summary>
    private static readonly TimeSpan PepperOverlap = TimeSpan.FromDays(1);

    private readonly IssuedKeyOptions _options;
    private readonly PepperSource _source;
    private readonly TimeProvider _time;
    private readonly ILogger<IssuedKeys> _logger;
    private readonly CallerCache _callers = new();
    private readonly Channel<UsedKey> _used = Channel.CreateBounded<UsedKey>(new BoundedChannelOptions(MaxMovedAtOnce) { FullMode = BoundedChannelFullMode.DropWrite });

    private KeyBook? _book;
    private ImmutableArray<KeyPepper> _peppers = [];
    private HashSet<string> _unknownPeppers = [];
    private long _seen;
    private DateTimeOffset _lookAgainAt = DateTimeOffset.MinValue;

    private readonly record struct UsedKey(string Name, KeptDigest Digest);

    public IssuedKeys(IssuedKeyOptions options, ITableStore store, TimeProvider time, ILogger<IssuedKeys> logger)
    {
        (_options, _time, _logger) = (options, time, logger);
        (Rows, Past) = (new IssuedKeyRows(store), new PastBudgetRows(store));
        _source = new PepperSource(options, Rows);
        Step = new PeriodicStep(StepName, options.RefreshInterval, options.TurnTimeout, FollowAsync);
    }

    /// <summary>One turn.</summary>
    public PeriodicStep Step { get; }

    /// <inheritdoc/>
    public DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>A key was ever issued: a router whose last key was deleted does not open itself to callers without one.</summary>
    public bool HasKeys => Volatile.Read(ref _seen) > 0;

    /// <summary>Keys that are known here.</summary>
    public int Count => Volatile.Read(ref _book)?.Count ?? 0;

    internal IssuedKeyRows Rows { get; }

    internal PastBudgetRows Past { get; }

    /// <inheritdoc/>
    public KeyFinding Find(RouterModel router, ReadOnlySpan<char> secret)
    {
        if (!IssuedKeyText.IsWellFormed(secret))
            return new KeyFinding(KeyState.Unknown);
        var (book, peppers) = (Volatile.Read(ref _book), _peppers);
        if (book is null || (book.Count > 0 && peppers.IsEmpty))
            return new KeyFinding(KeyState.Undecided);
        for (var place = 0; place < peppers.Length; place++)
        {
            var digest = peppers[place].Digest(secret);
            if (book.Find(digest, Now) is not { } entry)
                continue;
            if (place > 0 && entry.Digest == digest)
                _used.Writer.TryWrite(new UsedKey(entry.Name, new KeptDigest(peppers[0].Digest(secret), peppers[0].Id)));
            return Of(entry, router);
        }

        return new KeyFinding(KeyState.Unknown);
    }

    /// <inheritdoc/>
    public CallerModel? Recall(RouterModel router, string name) => Volatile.Read(ref _book)?.Find(name) is { } entry ? _callers.Of(entry, router) : null;

    /// <summary>What the key of this secret, which looks like one that was issued, is called; null where none is known.</summary>
    internal string? NameOf(string secret)
    {
        var (book, peppers) = (Volatile.Read(ref _book), _peppers);
        foreach (var pepper in peppers)
        {
            if (book?.Find(pepper.Digest(secret), Now) is { } entry)
                return entry.Name;
        }

        return null;
    }

    /// <summary>The pepper that a new key is kept under.</summary>
    internal async ValueTask<KeyPepper> FindPepperAsync(CancellationToken cancellationToken)
    {
        if (_peppers.IsEmpty)
            _peppers = await _source.FindOrDrawAsync(cancellationToken).ConfigureAwait(false);
        return _peppers[0];
    }

    private KeyFinding Of(KeyEntry entry, RouterModel router) => _callers.Of(entry, router) is { } caller ? new KeyFinding(KeyState.Known, caller) : new KeyFinding(KeyState.WithoutTier);

    private async ValueTask FollowAsync(CancellationToken cancellationToken)
    {
        var count = await Rows.FindCountAsync(cancellationToken).ConfigureAwait(false);
        if (_book is null || count.Changes < _seen || count.Changes - _seen > IssuedKeyRows.RememberedChanges / 2 || !await TryCatchUpAsync(count.Changes, cancellationToken).ConfigureAwait(false))
            await ReadAllAsync(cancellationToken).ConfigureAwait(false);
        Volatile.Write(ref _seen, count.Changes);
        if (_seen == 0)
            return;
        await LookUpPeppersAsync(cancellationToken).ConfigureAwait(false);
        await MoveUsedAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<bool> TryCatchUpAsync(long changes, CancellationToken cancellationToken)
    {
        var changed = new HashSet<KeyChange>();
        for (var number = _seen + 1; number <= changes; number++)
        {
            if (await Rows.FindChangeAsync(number, cancellationToken).ConfigureAwait(false) is not { } change)
                return false;
            changed.Add(change);
        }

        // A name that was deleted and issued anew has another id: what is there now counts, whatever the order.
        foreach (var name in changed.Select(static change => change.Name).Distinct())
        {
            if (await Rows.FindByNameAsync(name, cancellationToken).ConfigureAwait(false) is { } key)
                Take(key, _book!);
            else
                _book!.Remove(name);
        }

        return true;
    }

    private async ValueTask ReadAllAsync(CancellationToken cancellationToken)
    {
        var book = new KeyBook();
        await foreach (var key in Rows.ListAsync(after: null, cancellationToken).ConfigureAwait(false))
            Take(key, book);
        Volatile.Write(ref _book, book);
    }

    private void Take(IssuedKey key, KeyBook book)
    {
        book.Set(key);
        if (!_peppers.Any(pepper => pepper.Id == key.Current.PepperId) && _unknownPeppers.Add(key.Current.PepperId))
            _lookAgainAt = DateTimeOffset.MinValue;
    }

    private async ValueTask LookUpPeppersAsync(CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        if (now < _lookAgainAt)
            return;
        var found = await _source.FindAsync(cancellationToken).ConfigureAwait(false);
        if (found.Length > 0 && _peppers.Length > 0 && found[0].Id != _peppers[0].Id)
            LogPepperChanged();
        // One that is gone from where it was is known here until the next start: keys under it are moved as they are used.
        _peppers = [.. found, .. _peppers.Where(known => found.All(pepper => pepper.Id != known.Id))];
        _lookAgainAt = now + _options.SecretsInterval;
        foreach (var unknown in _unknownPeppers.Where(id => _peppers.All(pepper => pepper.Id != id)).ToList())
            LogUnknownPepper(unknown);
        _unknownPeppers = [];
    }

    private async ValueTask MoveUsedAsync(CancellationToken cancellationToken)
    {
        for (var moved = 0; moved < MaxMovedAtOnce && _used.Reader.TryRead(out var used); moved++)
        {
            var count = await Rows.FindCountAsync(cancellationToken).ConfigureAwait(false);
            if (await Rows.FindByNameAsync(used.Name, cancellationToken).ConfigureAwait(false) is not { } key || key.Current.PepperId == used.Digest.PepperId || key.OverlapsUntil > _time.GetUtcNow())
                continue;
            var underToday = key with { Current = used.Digest, Previous = key.Current, PreviousUntil = _time.GetUtcNow() + PepperOverlap };
            if (await Rows.ReplaceAsync(underToday, count, [], cancellationToken).ConfigureAwait(false) == KeyWrite.Done)
                Step.Wake();
        }
    }

    [LoggerMessage(1, LogLevel.Information, "The pepper of issued keys is another one; keys are put under it as they are used")]
    private partial void LogPepperChanged();

    [LoggerMessage(2, LogLevel.Warning, "Keys were issued under a pepper that this instance does not have (its mark is {PepperId}); they are refused here. Name it as the previous pepper")]
    private partial void LogUnknownPepper(string pepperId);
}
