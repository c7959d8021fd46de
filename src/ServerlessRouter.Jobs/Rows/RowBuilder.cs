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

    /// <summary>Bytes that may be more than a property holds, cut into as many as it takes.</summary>
    public RowBuilder SetParts(string name, ReadOnlySpan<byte> value)
    {
        for (var part = 0; !value.IsEmpty; part++)
        {
            var taken = Math.Min(value.Length, TableLimits.PropertyBytes);
            Put(RowValues.PartOf(name, part), TableValue.From(value[..taken]));
            value = value[taken..];
        }

        return this;
    }

    public TableEntity Build() => new(partitionKey, rowKey) { Properties = _values };

    private RowBuilder Put(string name, TableValue value)
    {
        _values[name] = value;
        return this;
    }
}
