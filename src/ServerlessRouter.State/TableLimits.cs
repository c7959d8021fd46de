using System.Buffers;
using System.Text;

namespace ServerlessRouter.State;

/// <summary>The limits of Azure Table Storage; every store checks its callers against them, because emulators do not.</summary>
/// <remarks>
/// Source: learn.microsoft.com/rest/api/storageservices, "Understanding the Table service data model" and "Performing entity group transactions". Where the
/// documents leave room (a key's 1 KiB in which encoding, which letters a property name may hold), the narrower reading counts.
/// </remarks>
public static class TableLimits
{
    public const int TableNameMinimumCharacters = 3;
    public const int TableNameCharacters = 63;

    /// <summary>1 KiB of UTF-16.</summary>
    public const int KeyCharacters = 512;

    public const int PropertyNameCharacters = 255;

    /// <summary>255 less PartitionKey, RowKey and Timestamp.</summary>
    public const int Properties = 252;

    /// <summary>64 KiB; text counts as UTF-16.</summary>
    public const int PropertyBytes = 64 * 1024;

    /// <summary>1 MiB, names and overhead included.</summary>
    public const int EntityBytes = 1024 * 1024;

    public const int TransactionOperations = 100;

    /// <summary>4 MiB of request body, counted with every character that JSON may escape as escaped.</summary>
    public const int TransactionBytes = 4 * 1024 * 1024;

    public const int PageSize = 1000;

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly DateTimeOffset EarliestTime = new(1601, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <exception cref="ArgumentException">The name is not 3 to 63 ASCII letters and digits that begin with a letter, or it is reserved.</exception>
    public static void CheckTableName(string table)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (table.Length is < TableNameMinimumCharacters or > TableNameCharacters)
            throw Breach($"The table name '{table}' has {table.Length} characters; it must have {TableNameMinimumCharacters} to {TableNameCharacters}.");
        if (!char.IsAsciiLetter(table[0]) || table.AsSpan().ContainsAnyExcept(NameCharacters) || table.Contains('_'))
            throw Breach($"The table name '{table}' must begin with a letter and hold ASCII letters and digits only.");
        if (table.Equals("tables", StringComparison.OrdinalIgnoreCase))
            throw Breach($"The table name '{table}' is reserved by the service; choose another.");
    }

    /// <exception cref="ArgumentException">The key is too long or holds a forbidden character.</exception>
    public static void CheckKeys(string partitionKey, string rowKey)
    {
        CheckKey("partition key", partitionKey);
        CheckKey("row key", rowKey);
    }

    /// <exception cref="ArgumentException">A key, a property name, a value or the whole breaks a limit.</exception>
    public static void CheckEntity(TableEntity entity)
    {
        ArgumentNullException.ThrowIfNull(entity);
        CheckKeys(entity.PartitionKey, entity.RowKey);
        if (entity.Properties.Count > Properties)
            throw Breach($"The row {Name(entity)} has {entity.Properties.Count} properties; a row may have {Properties}.");

        foreach (var (name, value) in entity.Properties)
        {
            CheckPropertyName(entity, name);
            CheckValue(entity, name, value);
        }

        var bytes = TableEntitySize.Stored(entity);
        if (bytes > EntityBytes)
            throw Breach($"The row {Name(entity)} takes {bytes} bytes; a row may take {EntityBytes}. Split it into several rows.");
    }

    /// <exception cref="ArgumentException">The operation's keys or entity break a limit.</exception>
    public static void CheckOperation(TableOperation operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        if (operation.Entity is { } entity)
            CheckEntity(entity);
        else
            CheckKeys(operation.PartitionKey, operation.RowKey);
    }

    /// <exception cref="ArgumentException">The transaction is empty, too long, too large, spans partitions, or names a row twice.</exception>
    public static void CheckTransaction(IReadOnlyList<TableOperation> operations)
    {
        ArgumentNullException.ThrowIfNull(operations);
        if (operations.Count is 0 or > TransactionOperations)
            throw Breach($"A transaction must have 1 to {TransactionOperations} operations, not {operations.Count}.");

        var rows = new HashSet<string>(operations.Count, StringComparer.Ordinal);
        long bytes = 0;
        foreach (var operation in operations)
        {
            CheckOperation(operation);
            if (operation.PartitionKey != operations[0].PartitionKey)
                throw Breach($"A transaction must stay in one partition, but it names '{operations[0].PartitionKey}' and '{operation.PartitionKey}'.");
            if (!rows.Add(operation.RowKey))
                throw Breach($"A transaction may name a row once, but it names '{operation.PartitionKey}'/'{operation.RowKey}' twice.");
            bytes += TableEntitySize.Payload(operation);
        }

        if (bytes > TransactionBytes)
            throw Breach($"The transaction takes up to {bytes} bytes on the wire; it may take {TransactionBytes}. Split it.");
    }

    /// <exception cref="ArgumentException">The page size is not 1 to 1000, or properties are named that no row can have.</exception>
    public static void CheckQuery(TableQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (query.PageSize is < 1 or > PageSize)
            throw Breach($"A page must hold 1 to {PageSize} entities, not {query.PageSize}.");
        if (query.Properties is not { } names)
            return;
        if (names.Count is 0 or > Properties)
            throw Breach($"A query may name 1 to {Properties} properties, not {names.Count}.");
        foreach (var name in names)
            CheckPropertyName(null, name);
    }

    /// <summary>Characters that no key may hold.</summary>
    public static bool IsForbiddenInKey(char character) => character is '/' or '\\' or '#' or '?' || char.IsControl(character);

    private static void CheckKey(string what, string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.Length > KeyCharacters)
            throw Breach($"The {what} has {key.Length} characters; it may have {KeyCharacters} (1 KiB of UTF-16).");
        foreach (var character in key)
        {
            if (IsForbiddenInKey(character))
                throw Breach($"The {what} '{key}' holds U+{(int)character:X4}; keys must not hold / \\ # ? or control characters. {nameof(TableKey)}.{nameof(TableKey.Encode)} escapes them.");
        }

        if (!IsWellFormed(key))
            throw Breach($"The {what} '{key}' holds half of a surrogate pair.");
    }

    private static void CheckPropertyName(TableEntity? entity, string name)
    {
        if (name.Length is 0 or > PropertyNameCharacters)
            throw Breach($"A property name of {Owner(entity)} has {name.Length} characters; it must have 1 to {PropertyNameCharacters}.");
        if (char.IsAsciiDigit(name[0]) || name.AsSpan().ContainsAnyExcept(NameCharacters))
            throw Breach($"The property name '{name}' of {Owner(entity)} must be ASCII letters, digits and '_', and not begin with a digit.");
        if (name is "PartitionKey" or "RowKey" or "Timestamp")
            throw Breach($"The property name '{name}' of {Owner(entity)} is the service's own.");
    }

    private static string Owner(TableEntity? entity) => entity is null ? "a query" : Name(entity);

    private static void CheckValue(TableEntity entity, string name, in TableValue value)
    {
        switch (value.Kind)
        {
            case TableValueKind.None:
                throw Breach($"The property '{name}' of {Name(entity)} has no value. Leave it out instead.");
            case TableValueKind.String when 2 * value.AsString().Length > PropertyBytes:
                throw Breach($"The property '{name}' of {Name(entity)} has {value.AsString().Length} characters; text may have {PropertyBytes / 2}.");
            case TableValueKind.String when !IsWellFormed(value.AsString()):
                throw Breach($"The property '{name}' of {Name(entity)} holds half of a surrogate pair.");
            case TableValueKind.Binary when value.AsBinary().Length > PropertyBytes:
                throw Breach($"The property '{name}' of {Name(entity)} has {value.AsBinary().Length} bytes; binary may have {PropertyBytes}.");
            case TableValueKind.DateTime when value.AsDateTime() < EarliestTime:
                throw Breach($"The property '{name}' of {Name(entity)} is before the year 1601, the earliest the service stores.");
        }
    }

    private static bool IsWellFormed(string text)
    {
        try
        {
            StrictUtf8.GetByteCount(text);
            return true;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }

    private static string Name(TableEntity entity) => $"'{entity.PartitionKey}'/'{entity.RowKey}'";

    private static ArgumentException Breach(string message) => new(message);
}
