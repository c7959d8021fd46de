using System.Buffers;
using System.Globalization;
using ServerlessRouter.Configuration.Loading;
using ServerlessRouter.State;

namespace ServerlessRouter.Configuration.Stored;

/// <summary>
/// Keeps configurations in the table store: versions that never change, each named by the hash of its text, and a pointer to the active one that is moved by
/// compare-and-swap. Every member throws <see cref="TableStoreUnavailableException"/> while the storage is down.
/// </summary>
public sealed class ConfigurationStore(ITableStore store, TimeProvider time)
{
    /// <summary>4 MiB: far more than a configuration of thousands of routes.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    /// <summary>Saves a text and answers with its version; the same text again changes nothing.</summary>
    public async ValueTask<string> SaveAsync(ReadOnlyMemory<byte> document, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(document.Length, MaxBytes);
        var version = RouterConfigLoader.VersionOf(document.Span);
        if (await FindHeadAsync(version, cancellationToken).ConfigureAwait(false) is not null)
            return version;

        var chunks = 0;
        for (var start = 0; start < document.Length; start += TableLimits.PropertyBytes)
        {
            var data = document.Slice(start, Math.Min(TableLimits.PropertyBytes, document.Length - start));
            await store.WriteAsync(ConfigurationRows.Table, TableOperation.UpsertReplace(ConfigurationRows.Chunk(version, chunks++, data.Span)), cancellationToken).ConfigureAwait(false);
        }

        // The head comes last: a version is there only when its whole text is. Two who save the same text write the same rows.
        var head = ConfigurationRows.Head(version, document.Length, chunks, time.GetUtcNow());
        await store.WriteAsync(ConfigurationRows.Table, TableOperation.Insert(head), cancellationToken).ConfigureAwait(false);
        return version;
    }

    /// <summary>The text of a version; null when there is none, or when what was read is not what was saved.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(string version, CancellationToken cancellationToken = default)
    {
        if (await FindHeadAsync(version, cancellationToken).ConfigureAwait(false) is not { } head)
            return null;
        var text = new ArrayBufferWriter<byte>(Math.Max(1, ConfigurationRows.ReadHead(head).Bytes));
        var chunks = 0;
        await foreach (var chunk in store.QueryAsync(ConfigurationRows.Table, TableQuery.InPartition(ConfigurationRows.TextOf(version)), cancellationToken).ConfigureAwait(false))
        {
            text.Write(ConfigurationRows.DataOf(chunk).Span);
            chunks++;
        }

        var isWhole = chunks == ConfigurationRows.ChunksOf(head) && RouterConfigLoader.VersionOf(text.WrittenSpan) == version;
        return isWhole ? text.WrittenMemory : default(ReadOnlyMemory<byte>?);
    }

    /// <summary>All versions, newest first.</summary>
    public async ValueTask<IReadOnlyList<ConfigurationVersion>> ListAsync(CancellationToken cancellationToken = default)
    {
        var versions = new List<ConfigurationVersion>();
        await foreach (var head in store.QueryAsync(ConfigurationRows.Table, TableQuery.InPartition(ConfigurationRows.Versions), cancellationToken).ConfigureAwait(false))
            versions.Add(ConfigurationRows.ReadHead(head));
        return [.. versions.OrderByDescending(static version => version.CreatedAt).ThenBy(static version => version.Version, StringComparer.Ordinal)];
    }

    /// <summary>What every instance should run on; null before the first activation.</summary>
    public async ValueTask<ActiveConfiguration?> FindActiveAsync(CancellationToken cancellationToken = default) =>
        await store.GetAsync(ConfigurationRows.Table, ConfigurationRows.Pointer, ConfigurationRows.Pointer, cancellationToken).ConfigureAwait(false) is { } pointer
            ? ConfigurationRows.ReadPointer(pointer)
            : null;

    /// <summary>Moves the pointer from what it was read as to a saved version; false when another moved it meanwhile.</summary>
    public async ValueTask<bool> TryActivateAsync(string version, ActiveConfiguration? current, CancellationToken cancellationToken = default)
    {
        var pointer = ConfigurationRows.ToPointer(version, current?.Version, time.GetUtcNow());
        var operation = current is null ? TableOperation.Insert(pointer) : TableOperation.UpdateReplace(pointer, current.ETag);
        return (await store.WriteAsync(ConfigurationRows.Table, operation, cancellationToken).ConfigureAwait(false)).IsDone;
    }

    private async ValueTask<TableEntity?> FindHeadAsync(string version, CancellationToken cancellationToken) =>
        await store.GetAsync(ConfigurationRows.Table, ConfigurationRows.Versions, TableKey.Encode(version), cancellationToken).ConfigureAwait(false);
}

/// <summary>Which version every instance runs on, since when, and which it was before.</summary>
/// <param name="Version">The version.</param>
/// <param name="Previous">The one before; null when it is the first.</param>
/// <param name="ActivatedAt">When the pointer was moved to it.</param>
/// <param name="ETag">The pointer's, under which alone it can be moved.</param>
public sealed record ActiveConfiguration(string Version, string? Previous, DateTimeOffset ActivatedAt, string ETag);

/// <summary>A configuration that was saved: what it is called, how long it is, and when it first came.</summary>
public sealed record ConfigurationVersion(string Version, int Bytes, DateTimeOffset CreatedAt);

/// <summary>How configurations lie in their table: a row for each version, its text in chunks beside it, and one row that points to the active one.</summary>
internal static class ConfigurationRows
{
    public const string Table = "configuration";
    public const string Versions = "versions";
    public const string Pointer = "active";

    private const string Bytes = "Bytes";
    private const string Chunks = "Chunks";
    private const string CreatedAt = "CreatedAt";
    private const string Data = "Data";
    private const string Version = "Version";
    private const string Previous = "Previous";
    private const string ActivatedAt = "ActivatedAt";

    /// <summary>The partition of a version's text.</summary>
    public static string TextOf(string version) => $"text-{version}";

    public static TableEntity Head(string version, int bytes, int chunks, DateTimeOffset createdAt) => new(Versions, version)
    {
        [Bytes] = bytes,
        [Chunks] = chunks,
        [CreatedAt] = createdAt,
    };

    public static ConfigurationVersion ReadHead(TableEntity head) => new(head.RowKey, head[Bytes].AsInt32(), head[CreatedAt].AsDateTime());

    public static int ChunksOf(TableEntity head) => head[Chunks].AsInt32();

    public static TableEntity Chunk(string version, int place, ReadOnlySpan<byte> data) => new(TextOf(version), place.ToString("0000", CultureInfo.InvariantCulture))
    {
        [Data] = TableValue.From(data),
    };

    public static ReadOnlyMemory<byte> DataOf(TableEntity chunk) => chunk[Data].AsBinary();

    public static TableEntity ToPointer(string version, string? previous, DateTimeOffset now)
    {
        var pointer = new TableEntity(Pointer, Pointer) { [Version] = version, [ActivatedAt] = now };
        return previous is null ? pointer : pointer.With(Previous, previous);
    }

    public static ActiveConfiguration ReadPointer(TableEntity pointer) =>
        new(pointer[Version].AsString(), pointer.Find(Previous)?.AsString(), pointer[ActivatedAt].AsDateTime(), pointer.ETag!);
}
