using System.Globalization;
using ServerlessRouter.State;

namespace ServerlessRouter.Keys;

/// <summary>
/// How issued keys lie in their table, all in one partition, so that a change is one transaction: a row for each key, one for each name, one that counts changes, the last <see cref="RememberedChanges"/> of
/// those, a pepper where the host names none, and what <see cref="PastBudgetRows"/> adds.
/// </summary>
internal sealed class IssuedKeyRows(ITableStore store)
{
    public const string Table = "keys";

    /// <summary>An instance that is further behind reads everything.</summary>
    public const int RememberedChanges = 256;

    public const string Partition = "keys";
    private const string KeyPrefix = "key.";
    private const string NamePrefix = "name.";
    private const string ChangePrefix = "change.";
    private const string StateRow = "state";
    private const string PepperRow = "pepper";

    private const string Count = "Count";
    private const string Id = "Id";
    private const string Name = "Name";
    private const string Terms = "Terms";
    private const string Metadata = "Metadata";
    private const string CreatedAt = "CreatedAt";
    private const string CreatedBy = "CreatedBy";
    private const string RotatedAt = "RotatedAt";
    private const string OverlapsUntil = "OverlapsUntil";
    private const string Digest = "Digest";
    private const string Pepper = "Pepper";
    private const string PreviousDigest = "PreviousDigest";
    private const string PreviousPepper = "PreviousPepper";
    private const string PreviousUntil = "PreviousUntil";
    private const string Secret = "Secret";

    /// <summary>How many changes there were; a count of 0 without a row before the first.</summary>
    public async ValueTask<KeyCount> FindCountAsync(CancellationToken cancellationToken) =>
        await store.GetAsync(Table, Partition, StateRow, cancellationToken).ConfigureAwait(false) is { } row ? new KeyCount(row[Count].AsInt64(), row.ETag) : new KeyCount(0, null);

    /// <summary>What a change was about; null where it is no longer remembered.</summary>
    public async ValueTask<KeyChange?> FindChangeAsync(long number, CancellationToken cancellationToken) =>
        await store.GetAsync(Table, Partition, ChangeRow(number), cancellationToken).ConfigureAwait(false) is { } row && row[Count].AsInt64() == number
            ? new KeyChange(row[Id].AsString(), row[Name].AsString())
            : null;

    public async ValueTask<IssuedKey?> FindAsync(string id, CancellationToken cancellationToken) =>
        await store.GetAsync(Table, Partition, KeyPrefix + id, cancellationToken).ConfigureAwait(false) is { } row ? Read(row) : null;

    public async ValueTask<IssuedKey?> FindByNameAsync(string name, CancellationToken cancellationToken) =>
        await store.GetAsync(Table, Partition, NameRow(name), cancellationToken).ConfigureAwait(false) is { } row ? await FindAsync(row[Id].AsString(), cancellationToken).ConfigureAwait(false) : null;

    /// <summary>All of them, or those behind an id.</summary>
    public async IAsyncEnumerable<IssuedKey> ListAsync(string? after, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var all = TableKeyRange.Prefix(KeyPrefix);
        // The smallest key behind another one is that with one more character.
        var range = after is null ? all : TableKeyRange.Between($"{KeyPrefix}{after} ", all.Before!);
        await foreach (var row in store.QueryAsync(Table, TableQuery.InPartition(Partition, range), cancellationToken).ConfigureAwait(false))
            yield return Read(row);
    }

    /// <summary>The pepper that was drawn; null where none was.</summary>
    public async ValueTask<string?> FindPepperAsync(CancellationToken cancellationToken) =>
        (await store.GetAsync(Table, Partition, PepperRow, cancellationToken).ConfigureAwait(false))?[Secret].AsString();

    /// <summary>Keeps a pepper, unless there is one.</summary>
    public async ValueTask TryAddPepperAsync(string secret, CancellationToken cancellationToken) =>
        await store.WriteAsync(Table, TableOperation.Insert(new TableEntity(Partition, PepperRow) { [Secret] = secret }), cancellationToken).ConfigureAwait(false);

    public ValueTask<KeyWrite> AddAsync(IssuedKey key, KeyCount count, CancellationToken cancellationToken) => WriteAsync(
        key, count, [TableOperation.Insert(new TableEntity(Partition, NameRow(key.Name)) { [Id] = key.Id }), TableOperation.Insert(Write(key))], cancellationToken);

    /// <summary>Writes a key in the place of what was read, and <paramref name="also"/> what goes with it.</summary>
    public ValueTask<KeyWrite> ReplaceAsync(IssuedKey key, KeyCount count, IEnumerable<TableOperation> also, CancellationToken cancellationToken) =>
        WriteAsync(key, count, [TableOperation.UpdateReplace(Write(key), key.ETag!), .. also], cancellationToken);

    /// <summary>Takes a key away, and writes <paramref name="also"/> what goes with it.</summary>
    public ValueTask<KeyWrite> DeleteAsync(IssuedKey key, KeyCount count, IEnumerable<TableOperation> also, CancellationToken cancellationToken) => WriteAsync(
        key, count, [TableOperation.Delete(Partition, KeyPrefix + key.Id, key.ETag!), TableOperation.Delete(Partition, NameRow(key.Name), TableETag.Any), .. also], cancellationToken);

    private async ValueTask<KeyWrite> WriteAsync(IssuedKey key, KeyCount count, TableOperation[] operations, CancellationToken cancellationToken)
    {
        var next = new TableEntity(Partition, StateRow) { [Count] = count.Changes + 1 };
        var change = new TableEntity(Partition, ChangeRow(count.Changes + 1)) { [Count] = count.Changes + 1, [Id] = key.Id, [Name] = key.Name };
        TableOperation[] all = [.. operations, count.ETag is null ? TableOperation.Insert(next) : TableOperation.UpdateReplace(next, count.ETag), TableOperation.UpsertReplace(change)];
        var result = await store.TransactAsync(Table, all, cancellationToken).ConfigureAwait(false);
        if (result.IsDone)
            return KeyWrite.Done;
        // Another change came first, whatever it was about, or the name is taken.
        return result is { Outcome: TableOutcome.AlreadyExists, FailedIndex: 0 } ? KeyWrite.NameTaken : KeyWrite.Outrun;
    }

    private static string NameRow(string name) => NamePrefix + TableKey.Encode(name);

    private static string ChangeRow(long number) => ChangePrefix + (number % RememberedChanges).ToString("000", CultureInfo.InvariantCulture);

    private static TableEntity Write(IssuedKey key)
    {
        var row = new TableEntity(Partition, KeyPrefix + key.Id)
        {
            [Name] = key.Name,
            [Terms] = TableValue.From(key.Terms.Span),
            [CreatedAt] = key.CreatedAt,
            [CreatedBy] = key.CreatedBy,
            [Digest] = key.Current.Digest.ToArray(),
            [Pepper] = key.Current.PepperId,
        };
        if (key.Metadata is { } metadata)
            row = row.With(Metadata, metadata);
        if (key.RotatedAt is { } rotatedAt)
            row = row.With(RotatedAt, rotatedAt);
        if (key.OverlapsUntil is { } overlapsUntil)
            row = row.With(OverlapsUntil, overlapsUntil);
        return key.Previous is { } previous
            ? row.With([new(PreviousDigest, previous.Digest.ToArray()), new(PreviousPepper, previous.PepperId), new(PreviousUntil, key.PreviousUntil)])
            : row;
    }

    private static IssuedKey Read(TableEntity row) => new()
    {
        Id = row.RowKey[KeyPrefix.Length..],
        Name = row[Name].AsString(),
        Terms = row[Terms].AsBinary(),
        Metadata = row.Find(Metadata)?.AsString(),
        CreatedAt = row[CreatedAt].AsDateTime(),
        CreatedBy = row[CreatedBy].AsString(),
        RotatedAt = row.Find(RotatedAt)?.AsDateTime(),
        OverlapsUntil = row.Find(OverlapsUntil)?.AsDateTime(),
        Current = new KeptDigest(KeyDigest.Of(row[Digest].AsBinary().Span), row[Pepper].AsString()),
        Previous = row.Find(PreviousDigest) is { } previous ? new KeptDigest(KeyDigest.Of(previous.AsBinary().Span), row[PreviousPepper].AsString()) : null,
        PreviousUntil = row.Find(PreviousUntil)?.AsDateTime() ?? default,
        ETag = row.ETag,
    };
}

/// <summary>How many changes there were, and the ETag under which alone the next can be counted.</summary>
internal readonly record struct KeyCount(long Changes, string? ETag);

/// <summary>Which key a change was about.</summary>
internal sealed record KeyChange(string Id, string Name);

/// <summary>What became of a change.</summary>
internal enum KeyWrite
{
    Done,

    /// <summary>Another change came first: look again.</summary>
    Outrun,

    /// <summary>There is a key of this name.</summary>
    NameTaken,
}
