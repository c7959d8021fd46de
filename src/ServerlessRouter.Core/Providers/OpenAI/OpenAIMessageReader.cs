using System.Text.Json;
using ServerlessRouter.Json;

namespace ServerlessRouter.Providers.OpenAI;

/// <summary>Reads the <c>message</c> or <c>delta</c> of one choice: what it says, and which tools it calls.</summary>
internal ref struct OpenAIMessageReader(PayloadForm form)
{
    private readonly PayloadForm _form = form;

    /// <summary>There is a message.</summary>
    public bool IsThere { get; private set; }

    public bool HasCalls { get; private set; }

    /// <summary>Tool calls that bring an id or a name.</summary>
    public int Heads { get; private set; }

    /// <summary>The last of them, whose choice is not known here.</summary>
    public CallHead Head { get; private set; }

    /// <summary>It departs from the schema in a way that trips clients.</summary>
    public bool IsOdd { get; private set; }

    /// <summary>Reads the value of a <c>message</c> or <c>delta</c>; whether it is an object.</summary>
    public bool Read(ref JsonTokenReader reader, ref OpenAIPayload payload)
    {
        reader.Read();
        payload.Told.Messages++;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return false;
        }

        IsThere = true;
        var thinkingBytes = 0L;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("content"u8))
                ReadContent(ref reader, ref payload);
            else if (reader.ValueTextEquals("tool_calls"u8))
                ReadCalls(ref reader, ref payload);
            else if (reader.ValueTextEquals("refusal"u8))
                CountText(ref reader, ref payload);
            else if (reader.ValueTextEquals("reasoning_content"u8) || reader.ValueTextEquals("reasoning"u8) || reader.ValueTextEquals("reasoning_details"u8))
                CountThinking(ref reader, ref payload, ref thinkingBytes);
            else if (reader.ValueTextEquals("function_call"u8))
                ReadLegacyCall(ref reader, ref payload);
            else if (reader.ValueTextEquals("audio"u8) || reader.ValueTextEquals("images"u8))
                CountNext(ref reader, ref payload);
            else
                reader.Skip();
        }

        return true;
    }

    /// <summary>Counts a text in the place of a message, as the older completions have it; whether there is one.</summary>
    public static bool ReadText(ref JsonTokenReader reader, ref OpenAIPayload payload)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String)
        {
            reader.Skip();
            return false;
        }

        Count(reader.ValueSpan, ref payload);
        return true;
    }

    private static void Count(ReadOnlySpan<byte> text, ref OpenAIPayload payload)
    {
        payload.ContentBytes += text.Length;
        payload.HasContent |= !text.IsEmpty;
    }

    private static void CountText(ref JsonTokenReader reader, ref OpenAIPayload payload)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
            Count(reader.ValueSpan, ref payload);
        else
            CountNested(ref reader, ref payload);
    }

    private static void CountNext(ref JsonTokenReader reader, ref OpenAIPayload payload)
    {
        reader.Read();
        CountNested(ref reader, ref payload);
    }

    /// <summary>Counts thinking once, in the longest of its forms: vendors tell one text as <c>reasoning</c>, <c>reasoning_content</c> and <c>reasoning_details</c>.</summary>
    private static void CountThinking(ref JsonTokenReader reader, ref OpenAIPayload payload, ref long counted)
    {
        var before = payload.ContentBytes;
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
            Count(reader.ValueSpan, ref payload);
        else
            CountNested(ref reader, ref payload, isThinking: true);
        var form = payload.ContentBytes - before;
        payload.ContentBytes = before + Math.Max(0, form - counted);
        counted = Math.Max(counted, form);
    }

    /// <summary>Counts the texts inside a structure; one without any says nothing. Of thinking, signatures and what is encrypted are there, but no texts.</summary>
    private static void CountNested(ref JsonTokenReader reader, ref OpenAIPayload payload, bool isThinking = false)
    {
        if (reader.TokenType is not (JsonTokenType.StartArray or JsonTokenType.StartObject))
            return;
        var depth = reader.CurrentDepth;
        var (isLabel, isSealed) = (false, false);
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (reader.TokenType == JsonTokenType.String && isSealed)
                payload.HasContent |= !reader.ValueSpan.IsEmpty;
            else if (reader.TokenType == JsonTokenType.String && !isLabel)
                Count(reader.ValueSpan, ref payload);
            isSealed = isThinking && reader.TokenType == JsonTokenType.PropertyName && (reader.ValueTextEquals("signature"u8) || reader.ValueTextEquals("data"u8));
            isLabel = reader.TokenType == JsonTokenType.PropertyName
                && (reader.ValueTextEquals("type"u8) || reader.ValueTextEquals("format"u8) || reader.ValueTextEquals("id"u8) || reader.ValueTextEquals("status"u8));
        }
    }

    private void ReadContent(ref JsonTokenReader reader, ref OpenAIPayload payload)
    {
        reader.Read();
        payload.Told.Texts++;
        if (reader.TokenType == JsonTokenType.String)
        {
            Count(reader.ValueSpan, ref payload);
            payload.TextRange = new JsonRange(reader.TokenStartIndex + 1, reader.ValueSpan.Length);
            return;
        }

        IsOdd |= reader.TokenType != JsonTokenType.Null;
        CountNested(ref reader, ref payload);
    }

    private void ReadLegacyCall(ref JsonTokenReader reader, ref OpenAIPayload payload)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartObject)
            _ = ReadFunction(ref reader, ref payload);
        else
            reader.Skip();
    }

    private void ReadCalls(ref JsonTokenReader reader, ref OpenAIPayload payload)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            IsOdd |= reader.TokenType != JsonTokenType.Null;
            CountNested(ref reader, ref payload);
            return;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.StartObject)
                ReadCall(ref reader, ref payload);
            else
                reader.Skip();
        }
    }

    private void ReadCall(ref JsonTokenReader reader, ref OpenAIPayload payload)
    {
        HasCalls = true;
        var (index, id, function) = ((int?)null, default(JsonRange), default(Function));
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("index"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var told))
                    index = told;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("id"u8))
            {
                reader.Read();
                id = TextAt(ref reader);
            }
            else if (reader.ValueTextEquals("function"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.StartObject)
                    function = ReadFunction(ref reader, ref payload);
                else
                    reader.Skip();
            }
            else if (reader.ValueTextEquals("custom"u8))
            {
                CountNext(ref reader, ref payload);
            }
            else
            {
                reader.Skip();
            }
        }

        if (_form == PayloadForm.Whole)
        {
            IsOdd |= id.IsEmpty || (!function.Name.IsEmpty && !function.HasArguments);
            return;
        }

        IsOdd |= index is null;
        if (id.IsEmpty && function.Name.IsEmpty)
            return;
        payload.HasContent = true;
        Heads++;
        Head = new CallHead(0, index ?? 0, id, function.Name);
    }

    private readonly record struct Function(JsonRange Name, bool HasArguments);

    private Function ReadFunction(ref JsonTokenReader reader, ref OpenAIPayload payload)
    {
        var (name, hasArguments) = (default(JsonRange), false);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("arguments"u8))
            {
                reader.Read();
                hasArguments = reader.TokenType == JsonTokenType.String && !reader.ValueSpan.IsEmpty;
                IsOdd |= reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null);
                if (reader.TokenType == JsonTokenType.String)
                    Count(reader.ValueSpan, ref payload);
                else
                    CountNested(ref reader, ref payload);
            }
            else if (reader.ValueTextEquals("name"u8))
            {
                reader.Read();
                name = TextAt(ref reader);
                payload.ContentBytes += name.Length;
                payload.HasContent |= !name.IsEmpty;
            }
            else
            {
                reader.Skip();
            }
        }

        return new Function(name, hasArguments);
    }

    /// <summary>Where the text at which the reader stands is written, without its quotes; empty where there is none.</summary>
    private static JsonRange TextAt(ref JsonTokenReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
            return new JsonRange(reader.TokenStartIndex + 1, reader.ValueSpan.Length);
        reader.Skip();
        return default;
    }
}
