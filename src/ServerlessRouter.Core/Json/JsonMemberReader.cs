using System.Text.Json;

namespace ServerlessRouter.Json;

/// <summary>Walks the members of one valid JSON object without looking into their values.</summary>
internal ref struct JsonMemberReader
{
    private readonly ReadOnlySpan<byte> _document;
    private JsonTokenReader _reader;

    public JsonMemberReader(ReadOnlySpan<byte> document)
    {
        _document = document;
        _reader = new JsonTokenReader(document);
        _reader.Read();
    }

    /// <summary>The name as written, escapes kept.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>Where the raw value stands in the document.</summary>
    public JsonRange Value { get; private set; }

    public JsonTokenType Kind { get; private set; }

    /// <summary>Moves to the next member; false after the last.</summary>
    public bool Read()
    {
        if (!_reader.Read() || _reader.TokenType != JsonTokenType.PropertyName)
            return false;
        Name = _reader.ValueSpan;
        _reader.Read();
        Kind = _reader.TokenType;
        var start = _reader.TokenStartIndex;
        _reader.Skip();
        Value = new JsonRange(start, _reader.BytesConsumed - start);
        return true;
    }

    /// <summary>Whether the object ended behind the last member, and the document with it. Throws a <see cref="JsonException"/> where more follows.</summary>
    public bool IsAtEnd() => _reader.TokenType == JsonTokenType.EndObject && !_reader.Read();

    public readonly bool Is(ReadOnlySpan<byte> name) => Name.SequenceEqual(name);

    /// <summary>Writes the member as it stands.</summary>
    public readonly void CopyTo(Utf8JsonWriter writer)
    {
        writer.WritePropertyName(Name);
        writer.WriteRawValue(Value.In(_document), skipInputValidation: true);
    }

    /// <summary>Where the value of a member of this name stands; empty when there is none.</summary>
    public static JsonRange Find(ReadOnlySpan<byte> document, ReadOnlySpan<byte> name)
    {
        var members = new JsonMemberReader(document);
        while (members.Read())
        {
            if (members.Is(name))
                return members.Value;
        }

        return default;
    }
}

/// <summary>A member of a request's top-level object.</summary>
/// <param name="Name">The name as written, without its quotes (escapes are kept).</param>
/// <param name="Value">The raw value; strings with their quotes.</param>
/// <param name="Kind">The first token of the value.</param>
public readonly record struct JsonMember(JsonRange Name, JsonRange Value, JsonTokenType Kind)
{
    /// <summary>From the opening quote of the name to the end of the value.</summary>
    public JsonRange Whole => new(Name.Start - 1, Value.End - Name.Start + 1);

    /// <summary>Whether it has this name, however that is written in <paramref name="document"/>.</summary>
    internal bool IsNamed(ReadOnlySpan<byte> name, ReadOnlySpan<byte> document)
    {
        var written = Name.In(document);
        return written.SequenceEqual(name) || (written.Contains((byte)'\\') && JsonText.Equals(written, name));
    }
}
