using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace ServerlessRouter.Json;

/// <summary>Walks the tokens of a JSON document that is whole in memory: accepts and refuses exactly what a <see cref="Utf8JsonReader"/> does, and faster.</summary>
/// <remarks>
/// It saves what the request path has no use for: counting lines, comments, input in pieces, and going byte by byte behind a string's first escape. What is rare is left
/// to a <see cref="Utf8JsonReader"/>: saying where a broken document is broken, decoding escapes, and numbers that are not whole.
/// </remarks>
internal ref struct JsonTokenReader
{
    /// <summary>Deepest nesting a reader can be told to accept.</summary>
    public const int MaxDepth = JsonNesting.MaxDepth;

    private const int UsualDepth = 64;

    /// <summary>Bytes of an escape that stands for one.</summary>
    private const int MaxEscapeLength = 6;

    private readonly ReadOnlySpan<byte> _document;
    private readonly int _maxDepth;
    private JsonNesting _outer;
    private int _depth;
    private bool _inObject;

    public JsonTokenReader(ReadOnlySpan<byte> document, int maxDepth = UsualDepth)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxDepth, MaxDepth);
        _document = document;
        _maxDepth = maxDepth;
    }

    public JsonTokenType TokenType { get; private set; }

    /// <summary>Where the token begins; of strings the opening quote.</summary>
    public int TokenStartIndex { get; private set; }

    /// <summary>Where the token ends; of a member's name behind the colon.</summary>
    public int BytesConsumed { get; private set; }

    /// <summary>A string or name has escapes.</summary>
    public bool ValueIsEscaped { get; private set; }

    /// <summary>The token as written; of strings and names what is between the quotes.</summary>
    public ReadOnlySpan<byte> ValueSpan { get; private set; }

    /// <summary>How many objects and arrays the token is in.</summary>
    public readonly int CurrentDepth => TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray ? _depth - 1 : _depth;

    /// <summary>Moves to the next token; false behind the last. Throws the <see cref="JsonException"/> of a <see cref="Utf8JsonReader"/> where the document is broken.</summary>
    public bool Read()
    {
        var place = SkipWhiteSpace(BytesConsumed);
        if (place >= _document.Length)
        {
            if (_depth > 0 || TokenType == JsonTokenType.None)
                Refuse();
            return false;
        }

        ValueIsEscaped = false;
        switch (TokenType)
        {
            case JsonTokenType.PropertyName or JsonTokenType.None:
                ReadValue(place);
                break;
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                ReadFirst(place);
                break;
            default:
                ReadNext(place);
                break;
        }

        return true;
    }

    /// <summary>From a name, or the start of an object or array, to the end of the value.</summary>
    public void Skip()
    {
        if (TokenType == JsonTokenType.PropertyName)
            Read();
        if (TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
            return;
        var depth = _depth;
        do
            Read();
        while (_depth >= depth);
    }

    /// <summary>Whether a string or name says this, its escapes decoded.</summary>
    public readonly bool ValueTextEquals(ReadOnlySpan<byte> text) => ValueIsEscaped ? MayDecodeTo(text) && DecodedTextEquals(text) : ValueSpan.SequenceEqual(text);

    public readonly string? GetString() => Token().GetString();

    public readonly bool TryGetInt32(out int value) => Utf8Parser.TryParse(ValueSpan, out value, out var consumed) && consumed == ValueSpan.Length;

    public readonly double GetDouble() => Token().GetDouble();

    public readonly bool TryGetDecimal(out decimal value) => Token().TryGetDecimal(out value);

    /// <summary>In an object or array that has just begun: its end, or what is first in it.</summary>
    private void ReadFirst(int place)
    {
        if (_document[place] == (_inObject ? '}' : ']'))
            Close(place);
        else if (_inObject)
            ReadName(place);
        else
            ReadValue(place);
    }

    /// <summary>Behind a whole value: the end of what it is in, or a comma and the next.</summary>
    private void ReadNext(int place)
    {
        if (_depth == 0)
            Refuse();
        if (_document[place] != ',')
        {
            Close(place);
            return;
        }

        place = SkipWhiteSpace(place + 1);
        if (place >= _document.Length)
            Refuse();
        if (_inObject)
            ReadName(place);
        else
            ReadValue(place);
    }

    private void ReadName(int place)
    {
        if (_document[place] != '"')
            Refuse();
        ReadString(place, JsonTokenType.PropertyName);
        place = SkipWhiteSpace(BytesConsumed);
        if (place >= _document.Length || _document[place] != ':')
            Refuse();
        BytesConsumed = place + 1;
    }

    private void ReadValue(int place)
    {
        switch (_document[place])
        {
            case (byte)'"':
                ReadString(place, JsonTokenType.String);
                break;
            case (byte)'{':
                Open(place, JsonTokenType.StartObject);
                break;
            case (byte)'[':
                Open(place, JsonTokenType.StartArray);
                break;
            case (byte)'t':
                ReadLiteral(place, "true"u8, JsonTokenType.True);
                break;
            case (byte)'f':
                ReadLiteral(place, "false"u8, JsonTokenType.False);
                break;
            case (byte)'n':
                ReadLiteral(place, "null"u8, JsonTokenType.Null);
                break;
            default:
                ReadNumber(place);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ReadString(int place, JsonTokenType type)
    {
        var length = JsonStringEnd.Find(_document[(place + 1)..], out var isEscaped);
        if (length < 0)
            Refuse();
        ValueIsEscaped = isEscaped;
        ValueSpan = _document.Slice(place + 1, length);
        (TokenType, TokenStartIndex, BytesConsumed) = (type, place, place + length + 2);
    }

    private void ReadLiteral(int place, ReadOnlySpan<byte> literal, JsonTokenType type)
    {
        if (!_document[place..].StartsWith(literal))
            Refuse();
        Accept(place, literal.Length, type);
    }

    private void ReadNumber(int place)
    {
        var length = JsonNumberEnd.Find(_document[place..]);
        // Inside of something a number cannot be the last there is.
        if (length < 0 || (_depth > 0 && place + length == _document.Length))
            Refuse();
        Accept(place, length, JsonTokenType.Number);
    }

    private void Open(int place, JsonTokenType type)
    {
        if (_depth >= _maxDepth)
            Refuse();
        _outer.Set(_depth++, _inObject);
        _inObject = type == JsonTokenType.StartObject;
        Accept(place, 1, type);
    }

    private void Close(int place)
    {
        if (_document[place] != (_inObject ? '}' : ']'))
            Refuse();
        Accept(place, 1, _inObject ? JsonTokenType.EndObject : JsonTokenType.EndArray);
        _inObject = _outer.Get(--_depth);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Accept(int place, int length, JsonTokenType type)
    {
        ValueSpan = _document.Slice(place, length);
        (TokenType, TokenStartIndex, BytesConsumed) = (type, place, place + length);
    }

    /// <summary>Where the next byte stands that is no white space. Most bodies have none, so only the look for it is worth inlining.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int SkipWhiteSpace(int place) => (uint)place < (uint)_document.Length && _document[place] > ' ' ? place : SkipRun(place);

    private readonly int SkipRun(int place)
    {
        while (place < _document.Length && _document[place] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
            place++;
        return place;
    }

    /// <summary>False for what is too short or too long, or begins otherwise: decoding goes over the whole token, which callers make as long as they like.</summary>
    private readonly bool MayDecodeTo(ReadOnlySpan<byte> text) => ValueSpan.Length > text.Length
        && ValueSpan.Length <= MaxEscapeLength * text.Length
        && text.StartsWith(ValueSpan[..ValueSpan.IndexOf((byte)'\\')]);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly bool DecodedTextEquals(ReadOnlySpan<byte> text) => Token().ValueTextEquals(text);

    /// <summary>A reader that stands on a copy of this token alone.</summary>
    private readonly Utf8JsonReader Token()
    {
        var reader = new Utf8JsonReader(TokenType is JsonTokenType.String or JsonTokenType.PropertyName ? _document.Slice(TokenStartIndex, ValueSpan.Length + 2) : ValueSpan);
        reader.Read();
        return reader;
    }

    /// <summary>Lets a reader that counts lines stumble over the same place, so that its exception says where.</summary>
    [DoesNotReturn, MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void Refuse()
    {
        var reader = new Utf8JsonReader(_document, new JsonReaderOptions { MaxDepth = _maxDepth });
        while (reader.Read())
        {
        }

        throw new JsonException("The document is not valid JSON.");
    }
}
