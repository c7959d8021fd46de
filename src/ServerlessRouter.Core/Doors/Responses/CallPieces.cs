using System.Text.Json;
using ServerlessRouter.Json;

namespace ServerlessRouter.Doors.Responses;

/// <summary>Walks a list of <c>tool_calls</c>: what each brings, as the inside of JSON strings.</summary>
internal ref struct CallPieces
{
    private readonly bool _isList;
    private JsonTokenReader _reader;
    private int _place;

    public CallPieces(ReadOnlySpan<byte> list)
    {
        _reader = new JsonTokenReader(list);
        _isList = _reader.Read() && _reader.TokenType == JsonTokenType.StartArray;
    }

    /// <summary>Which call of the choice it is: as told, else the place in the list.</summary>
    public int Index { get; private set; }

    public ReadOnlySpan<byte> Id { get; private set; }

    public bool IsCustom { get; private set; }

    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>A piece of the arguments, or of a custom tool's input.</summary>
    public ReadOnlySpan<byte> Arguments { get; private set; }

    /// <summary>What a custom tool was called with, where a vendor called it as a function: the <c>input</c> in the arguments, else the arguments as they are. All are the inside of JSON strings.</summary>
    public static byte[] InputIn(ReadOnlySpan<byte> arguments)
    {
        var json = new byte[arguments.Length];
        var text = json.AsSpan(0, JsonText.Unescape(arguments, json));
        try
        {
            var reader = new JsonTokenReader(text);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return arguments.ToArray();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isInput = reader.ValueTextEquals("input"u8);
                reader.Read();
                if (isInput && reader.TokenType == JsonTokenType.String)
                    return reader.ValueSpan.ToArray();
                reader.Skip();
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Arguments that are no JSON are the input as it is.
        }

        return arguments.ToArray();
    }

    /// <summary>Moves to the next call; false behind the last.</summary>
    public bool Read()
    {
        if (!_isList || !_reader.Read() || _reader.TokenType == JsonTokenType.EndArray)
            return false;
        Index = _place++;
        Id = Name = Arguments = default;
        IsCustom = false;
        if (_reader.TokenType != JsonTokenType.StartObject)
        {
            _reader.Skip();
            return Read();
        }

        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            if (_reader.ValueTextEquals("index"u8))
            {
                _reader.Read();
                if (_reader.TokenType == JsonTokenType.Number && _reader.TryGetInt32(out var told))
                    Index = told;
                _reader.Skip();
            }
            else if (_reader.ValueTextEquals("id"u8))
            {
                Id = Take();
            }
            else if (_reader.ValueTextEquals("function"u8))
            {
                ReadTool("arguments"u8);
            }
            else if (_reader.ValueTextEquals("custom"u8))
            {
                IsCustom = true;
                ReadTool("input"u8);
            }
            else if (_reader.ValueTextEquals("type"u8))
            {
                _reader.Read();
                IsCustom |= _reader.TokenType == JsonTokenType.String && _reader.ValueTextEquals("custom"u8);
                _reader.Skip();
            }
            else
            {
                _reader.Skip();
            }
        }

        return true;
    }

    private void ReadTool(ReadOnlySpan<byte> arguments)
    {
        _reader.Read();
        if (_reader.TokenType != JsonTokenType.StartObject)
        {
            _reader.Skip();
            return;
        }

        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            if (_reader.ValueTextEquals("name"u8))
                Name = Take();
            else if (_reader.ValueTextEquals(arguments))
                Arguments = Take();
            else
                _reader.Skip();
        }
    }

    private ReadOnlySpan<byte> Take()
    {
        _reader.Read();
        if (_reader.TokenType == JsonTokenType.String)
            return _reader.ValueSpan;
        _reader.Skip();
        return default;
    }
}
