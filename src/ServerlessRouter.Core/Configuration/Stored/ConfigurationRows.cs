using System.Globalization;
using ServerlessRouter.State;

namespace ServerlessRouter.Configuration.Stored;

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
