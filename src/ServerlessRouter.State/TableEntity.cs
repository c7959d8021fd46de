using System.Collections.Immutable;

namespace ServerlessRouter.State;

/// <summary>An immutable row: its keys, its typed properties and, when it was read from a store, its ETag and timestamp.</summary>
/// <example><c>new TableEntity("health", "eastus-mini") { ["Failures"] = 3, ["State"] = "open" }</c></example>
public sealed class TableEntity
{
    private ImmutableSortedDictionary<string, TableValue> _properties = ImmutableSortedDictionary.Create<string, TableValue>(StringComparer.Ordinal);

    public TableEntity(string partitionKey, string rowKey)
    {
        ArgumentNullException.ThrowIfNull(partitionKey);
        ArgumentNullException.ThrowIfNull(rowKey);
        PartitionKey = partitionKey;
        RowKey = rowKey;
    }

    public string PartitionKey { get; }

    public string RowKey { get; }

    /// <summary>New at every write and opaque; null until a store has set it.</summary>
    public string? ETag { get; init; }

    /// <summary>When the store last wrote the row, by the store's clock; null until a store has set it.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>The row's own properties, ordered by name.</summary>
    public IReadOnlyDictionary<string, TableValue> Properties
    {
        get => _properties;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            _properties = value as ImmutableSortedDictionary<string, TableValue> ?? _properties.AddRange(value);
        }
    }

    /// <summary>A property that must be there.</summary>
    /// <exception cref="KeyNotFoundException">The row has no such property.</exception>
    public TableValue this[string name]
    {
        get => Find(name) ?? throw new KeyNotFoundException($"The row '{PartitionKey}'/'{RowKey}' has no property '{name}'.");
        init => _properties = _properties.SetItem(name, value);
    }

    /// <summary>A property that may be missing.</summary>
    public TableValue? Find(string name) => _properties.TryGetValue(name, out var value) ? value : default(TableValue?);

    /// <summary>The same row with one property set.</summary>
    public TableEntity With(string name, TableValue value) => Copy(_properties.SetItem(name, value), ETag, Timestamp);

    /// <summary>The same row with the properties set; one that comes again takes the later value.</summary>
    public TableEntity With(IEnumerable<KeyValuePair<string, TableValue>> properties) => Copy(_properties.SetItems(properties), ETag, Timestamp);

    /// <summary>The same row without any other property.</summary>
    internal TableEntity Only(IEnumerable<string> names)
    {
        var found = _properties.Clear().ToBuilder();
        foreach (var name in names)
        {
            if (_properties.TryGetValue(name, out var value))
                found[name] = value;
        }

        return Copy(found.ToImmutable(), ETag, Timestamp);
    }

    internal TableEntity Written(string etag, DateTimeOffset timestamp) => Copy(_properties, etag, timestamp);

    internal TableEntity MergedOnto(TableEntity existing) => Copy(existing._properties.SetItems(_properties), ETag, Timestamp);

    private TableEntity Copy(ImmutableSortedDictionary<string, TableValue> properties, string? etag, DateTimeOffset? timestamp) =>
        new(PartitionKey, RowKey) { _properties = properties, ETag = etag, Timestamp = timestamp };
}
