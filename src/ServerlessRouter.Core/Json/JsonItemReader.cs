using System.Text.Json;

namespace ServerlessRouter.Json;

/// <summary>Walks the items of one JSON array without looking into them.</summary>
internal ref struct JsonItemReader
{
    private readonly ReadOnlySpan<byte> _document;
    private JsonTokenReader _reader;

    public JsonItemReader(ReadOnlySpan<byte> document)
    {
        _document = document;
        _reader = new JsonTokenReader(document);
        _reader.Read();
    }

    /// <summary>The item as it stands.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    public JsonTokenType Kind { get; private set; }

    /// <summary>Moves to the next item; false after the last.</summary>
    public bool Read()
    {
        if (!_reader.Read() || _reader.TokenType == JsonTokenType.EndArray)
            return false;
        Kind = _reader.TokenType;
        var start = _reader.TokenStartIndex;
        _reader.Skip();
        Value = _document[start.._reader.BytesConsumed];
        return true;
    }
}
