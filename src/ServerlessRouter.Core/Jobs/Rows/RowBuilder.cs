using ServerlessRouter.State;

namespace ServerlessRouter.Jobs.Rows;

/// <summary>Puts a row together; what is null is left out.</summary>
internal sealed class RowBuilder(string partitionKey, string rowKey)
{
    private readonly Dictionary<string, TableValue> _values = [];

    public RowBuilder Set(string name, string? value) => value is null ? this : Put(name, value);

    public RowBuilder Set(string name, DateTimeOffset? value) => value is { } time ? Put(name, time) : this;

    public RowBuilder Set(string name, int value) => Put(name, value);

    public RowBuilder Set(string name, long value) => Put(name, value);

    public RowBuilder Set(string name, bool value) => Put(name, value);

    public RowBuilder Set(string name, ReadOnlySpan<byte> value) => Put(name, TableValue.From(value));

    public RowBuilder SetIfAny(string name, byte[]? value) => value is null ? this : Put(name, TableValue.From(value));

    public TableEntity Build() => new(partitionKey, rowKey) { Properties = _values };

    private RowBuilder Put(string name, TableValue value)
    {
        _values[name] = value;
        return this;
    }
}
