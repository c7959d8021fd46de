namespace ServerlessRouter.State;

/// <summary>Counts an entity's bytes the way the service does, at rest and on the wire.</summary>
internal static class TableEntitySize
{
    // An upper bound for a part's MIME headers and request line, without the keys.
    private const int PartOverheadBytes = 1024;
    private const int PropertyOverheadBytes = 64;

    // \uXXXX, as System.Text.Json writes whatever is not plain ASCII.
    private const int EscapedJsonBytes = 6;

    // Three UTF-8 bytes, each percent-encoded.
    private const int EscapedUrlBytes = 9;

    /// <summary>
    /// Bytes at rest: 4 + 2·(keys' characters) + for each property 8 + 2·(name's characters) + the value, with 4 bytes of length before text and binary
    /// (the formula Microsoft has published for the service).
    /// </summary>
    public static int Stored(TableEntity entity)
    {
        var bytes = 4 + (2 * (entity.PartitionKey.Length + entity.RowKey.Length));
        foreach (var (name, value) in entity.Properties)
            bytes += 8 + (2 * name.Length) + ValueBytes(value);
        return bytes;
    }

    /// <summary>An upper bound of the bytes an operation takes in a transaction's body.</summary>
    public static int Payload(TableOperation operation)
    {
        // The keys stand in the URL and, for a write, in the body once more.
        var bytes = PartOverheadBytes + (2 * (UrlBytes(operation.PartitionKey) + UrlBytes(operation.RowKey))) + (operation.IfMatch?.Length ?? 0);
        if (operation.Entity is { } entity)
        {
            foreach (var (name, value) in entity.Properties)
                bytes += PropertyOverheadBytes + (2 * name.Length) + PayloadBytes(value);
        }

        return bytes;
    }

    public static int ValueBytes(in TableValue value) => value.Kind switch
    {
        TableValueKind.None => 0,
        TableValueKind.String => (2 * value.AsString().Length) + 4,
        TableValueKind.Boolean => 1,
        TableValueKind.Int32 => 4,
        TableValueKind.Int64 or TableValueKind.Double or TableValueKind.DateTime => 8,
        TableValueKind.Guid => 16,
        TableValueKind.Binary => value.AsBinary().Length + 4,
    };

    private static int PayloadBytes(in TableValue value) => value.Kind switch
    {
        TableValueKind.String => JsonBytes(value.AsString()),
        TableValueKind.Binary => (value.AsBinary().Length + 2) / 3 * 4,
        TableValueKind.None or TableValueKind.Boolean or TableValueKind.Int32 or TableValueKind.Int64
            or TableValueKind.Double or TableValueKind.DateTime or TableValueKind.Guid => 40,
    };

    private static int JsonBytes(string text)
    {
        var bytes = text.Length;
        foreach (var character in text)
        {
            if (!char.IsAsciiLetterOrDigit(character) && !" !#$%()*,-./:;=?@[]^_{|}~".Contains(character))
                bytes += EscapedJsonBytes - 1;
        }

        return bytes;
    }

    private static int UrlBytes(string key)
    {
        var bytes = key.Length;
        foreach (var character in key)
        {
            if (!char.IsAsciiLetterOrDigit(character))
                bytes += EscapedUrlBytes - 1;
        }

        return bytes;
    }
}
