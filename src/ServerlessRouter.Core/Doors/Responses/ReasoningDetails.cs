using System.Text.Json;
using ServerlessRouter.Json;

namespace ServerlessRouter.Doors.Responses;

/// <summary>Walks a list of <c>reasoning_details</c>, or of a message's parts: what each entry says, as the inside of JSON strings. A value that is no list has no entries.</summary>
internal ref struct ReasoningDetails
{
    private readonly bool _isList;
    private JsonTokenReader _reader;

    public ReasoningDetails(ReadOnlySpan<byte> list)
    {
        _reader = new JsonTokenReader(list);
        _isList = !list.IsEmpty && _reader.Read() && _reader.TokenType == JsonTokenType.StartArray;
    }

    /// <summary>A text, or a summary.</summary>
    public ReadOnlySpan<byte> Text { get; private set; }

    public ReadOnlySpan<byte> Signature { get; private set; }

    /// <summary>What is encrypted.</summary>
    public ReadOnlySpan<byte> Data { get; private set; }

    public ReadOnlySpan<byte> Format { get; private set; }

    public ReadOnlySpan<byte> Id { get; private set; }

    /// <summary>Moves to the next entry; false behind the last.</summary>
    public bool Read()
    {
        Text = Signature = Data = Format = Id = default;
        if (!_isList || !_reader.Read() || _reader.TokenType == JsonTokenType.EndArray)
            return false;
        if (_reader.TokenType != JsonTokenType.StartObject)
        {
            _reader.Skip();
            return true;
        }

        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            if (_reader.ValueTextEquals("text"u8) || _reader.ValueTextEquals("summary"u8))
                Text = Take();
            else if (_reader.ValueTextEquals("signature"u8))
                Signature = Take();
            else if (_reader.ValueTextEquals("data"u8))
                Data = Take();
            else if (_reader.ValueTextEquals("format"u8))
                Format = Take();
            else if (_reader.ValueTextEquals("id"u8))
                Id = Take();
            else
                _reader.Skip();
        }

        return true;
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
