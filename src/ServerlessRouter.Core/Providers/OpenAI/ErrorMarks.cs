using System.Text.Json;
using ServerlessRouter.Json;

namespace ServerlessRouter.Providers.OpenAI;

/// <summary>Tells errors from answers behind a 200, whatever the vendor's own form of them.</summary>
/// <remarks>
/// Seen are <c>{"object":"error","message":…}</c> (vLLM), <c>{"type":"error",…}</c>, <c>{"detail":…}</c> (FastAPI), <c>{"code":…,"message":…}</c> and <c>{"code":…,"msg":…}</c>
/// (gateways), <c>{"errors":[…]}</c>, <c>{"error_code":…,"error_msg":…}</c> (Baidu), <c>{"base_resp":{"status_code":…}}</c> (MiniMax), <c>{"fault":…}</c> (Apigee). An <c>error</c>
/// that is null, empty, false or full of such says nothing: some vendors send one beside every answer.
/// </remarks>
internal static class ErrorMarks
{
    /// <summary>Whether a document without choices is an error.</summary>
    public static bool AreIn(ReadOnlySpan<byte> json)
    {
        var reader = new JsonTokenReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("message"u8) || reader.ValueTextEquals("msg"u8))
            {
                // A message that is an object is a chat message.
                reader.Read();
                if (reader.TokenType == JsonTokenType.String && !reader.ValueSpan.IsEmpty)
                    return true;
                reader.Skip();
            }
            else if (IsWord(ref reader))
            {
                reader.Read();
                if (SaysSomething(ref reader))
                    return true;
            }
            else if (reader.ValueTextEquals("object"u8) || reader.ValueTextEquals("type"u8) || reader.ValueTextEquals("status"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("error"u8))
                    return true;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("success"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.False)
                    return true;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("base_resp"u8))
            {
                reader.Read();
                if (HasStatus(ref reader))
                    return true;
            }
            else
            {
                reader.Skip();
            }
        }

        return false;
    }

    /// <summary>Whether the value at which the reader stands holds anything but nothing; afterwards the reader is at its end.</summary>
    public static bool SaysSomething(ref JsonTokenReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.StartArray or JsonTokenType.StartObject))
            return IsSomething(reader);
        var depth = reader.CurrentDepth;
        var says = false;
        while (reader.Read() && reader.CurrentDepth > depth)
            says |= IsSomething(reader);
        return says;
    }

    private static bool IsSomething(in JsonTokenReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => !reader.ValueSpan.IsEmpty,
        JsonTokenType.True => true,
        JsonTokenType.Number => reader.ValueSpan.ContainsAnyInRange((byte)'1', (byte)'9'),
        _ => false,
    };

    /// <summary>A member that an answer without choices has only where it is an error.</summary>
    private static bool IsWord(ref JsonTokenReader reader) =>
        reader.ValueTextEquals("detail"u8) || reader.ValueTextEquals("errors"u8) || reader.ValueTextEquals("error_message"u8) || reader.ValueTextEquals("error_msg"u8) || reader.ValueTextEquals("error_code"u8)
        || reader.ValueTextEquals("errorMessage"u8) || reader.ValueTextEquals("errorCode"u8) || reader.ValueTextEquals("fault"u8);

    private static bool HasStatus(ref JsonTokenReader reader)
    {
        var (depth, hasStatus) = (reader.CurrentDepth, false);
        if (reader.TokenType != JsonTokenType.StartObject)
            return false;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("status_code"u8))
                hasStatus |= reader.Read() && IsSomething(reader);
        }

        return hasStatus;
    }
}
