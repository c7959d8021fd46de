using System.Text.Json;
using ServerlessRouter.Json;

namespace ServerlessRouter.Doors.Messages;

/// <summary>What one chunk says of a call.</summary>
internal struct CallPiece
{
    public int Index;
    public JsonMember Id;
    public JsonMember Name;
    public JsonMember Arguments;
    public JsonMember Extra;
    public JsonMember Others;

    /// <summary>From the start of an entry of <c>tool_calls</c> to its end.</summary>
    public static CallPiece Read(ref JsonTokenReader reader, int place)
    {
        var piece = new CallPiece { Index = place };
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan;
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject && (name.SequenceEqual("function"u8) || name.SequenceEqual("custom"u8)))
            {
                piece.ReadFunctionMembers(ref reader);
                continue;
            }

            if (name.SequenceEqual("index"u8) && reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var index))
                piece.Index = index;
            var member = Value(ref reader);
            if (name.SequenceEqual("id"u8))
                piece.Id = member;
            else if (name.SequenceEqual("extra_content"u8))
                piece.Extra = member;
            else if (name.SequenceEqual("provider_specific_fields"u8))
                piece.Others = member;
        }

        return piece;
    }

    /// <summary>From the start of a function to its end.</summary>
    public static CallPiece ReadFunction(ref JsonTokenReader reader, int place)
    {
        var piece = new CallPiece { Index = place };
        piece.ReadFunctionMembers(ref reader);
        return piece;
    }

    private void ReadFunctionMembers(ref JsonTokenReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan;
            reader.Read();
            var member = Value(ref reader);
            if (name.SequenceEqual("name"u8))
                Name = member;
            else if (name.SequenceEqual("arguments"u8) || name.SequenceEqual("input"u8))
                Arguments = member;
        }
    }

    private static JsonMember Value(ref JsonTokenReader reader)
    {
        var (start, kind) = (reader.TokenStartIndex, reader.TokenType);
        reader.Skip();
        return new JsonMember(default, new JsonRange(start, reader.BytesConsumed - start), kind);
    }
}
