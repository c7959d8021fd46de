using System.Globalization;

namespace ServerlessRouter.State;

/// <summary>One typed property value; converts implicitly from the types Table Storage knows.</summary>
public readonly struct TableValue : IEquatable<TableValue>
{
    private readonly object? _value;

    private TableValue(TableValueKind kind, object value)
    {
        Kind = kind;
        _value = value;
    }

    public TableValueKind Kind { get; }

    public static TableValue From(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return new(TableValueKind.String, value);
    }

    public static TableValue From(bool value) => new(TableValueKind.Boolean, value);

    public static TableValue From(int value) => new(TableValueKind.Int32, value);

    public static TableValue From(long value) => new(TableValueKind.Int64, value);

    public static TableValue From(double value) => new(TableValueKind.Double, value);

    /// <summary>Kept as the instant it is: the service stores UTC.</summary>
    public static TableValue From(DateTimeOffset value) => new(TableValueKind.DateTime, value.ToUniversalTime());

    public static TableValue From(Guid value) => new(TableValueKind.Guid, value);

    /// <summary>Copies the bytes, so that a later change to the array changes no row.</summary>
    public static TableValue From(ReadOnlySpan<byte> value) => new(TableValueKind.Binary, value.ToArray());

    public static implicit operator TableValue(string value) => From(value);

    public static implicit operator TableValue(bool value) => From(value);

    public static implicit operator TableValue(int value) => From(value);

    public static implicit operator TableValue(long value) => From(value);

    public static implicit operator TableValue(double value) => From(value);

    public static implicit operator TableValue(DateTimeOffset value) => From(value);

    public static implicit operator TableValue(Guid value) => From(value);

    public static implicit operator TableValue(byte[] value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return From(value.AsSpan());
    }

    public string AsString() => As<string>(TableValueKind.String);

    public bool AsBoolean() => As<bool>(TableValueKind.Boolean);

    public int AsInt32() => As<int>(TableValueKind.Int32);

    public long AsInt64() => As<long>(TableValueKind.Int64);

    public double AsDouble() => As<double>(TableValueKind.Double);

    public DateTimeOffset AsDateTime() => As<DateTimeOffset>(TableValueKind.DateTime);

    public Guid AsGuid() => As<Guid>(TableValueKind.Guid);

    public ReadOnlyMemory<byte> AsBinary() => As<byte[]>(TableValueKind.Binary);

    public bool Equals(TableValue other) =>
        Kind == other.Kind &&
        (Kind == TableValueKind.Binary ? AsBinary().Span.SequenceEqual(other.AsBinary().Span) : Equals(_value, other._value));

    public override bool Equals(object? obj) => obj is TableValue other && Equals(other);

    public override int GetHashCode() => Kind == TableValueKind.Binary ? HashCode.Combine(Kind, AsBinary().Length) : HashCode.Combine(Kind, _value);

    public override string ToString() => Kind == TableValueKind.Binary
        ? $"{AsBinary().Length} bytes"
        : Convert.ToString(_value, CultureInfo.InvariantCulture) ?? "";

    public static bool operator ==(TableValue left, TableValue right) => left.Equals(right);

    public static bool operator !=(TableValue left, TableValue right) => !left.Equals(right);

    private T As<T>(TableValueKind kind) => Kind == kind
        ? (T)_value!
        : throw new InvalidOperationException($"The property holds {Kind}, not {kind}. Read it with the type it was written with.");
}
