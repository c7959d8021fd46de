using System.Text.Json;

namespace ServerlessRouter.Telemetry;

/// <summary>What a vendor calls an answer, and the model that gave it, in each of the schemas that answers come in.</summary>
internal readonly record struct AnswerIdentity(string? Id, string? Model)
{
    /// <summary>Longer ones are no names.</summary>
    private const int MaxLength = 256;

    private static ReadOnlySpan<byte> DataField => "data:"u8;

    /// <summary>Of a whole answer, where both stand at the top.</summary>
    public static AnswerIdentity OfDocument(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        try
        {
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject ? Read(ref reader) : default;
        }
        catch (Exception odd) when (odd is JsonException or InvalidOperationException)
        {
            // Not JSON, or text with broken escapes: a name less, and no fault.
            return default;
        }
    }

    /// <summary>Of the first event of a stream that has them: at the top, or inside the <c>message</c> or <c>response</c> that it announces.</summary>
    public static AnswerIdentity OfEvents(ReadOnlySpan<byte> events)
    {
        while (!events.IsEmpty)
        {
            var end = events.IndexOf((byte)'\n');
            var line = end < 0 ? events : events[..end];
            events = end < 0 ? default : events[(end + 1)..];
            if (line.StartsWith(DataField) && OfDocument(line[DataField.Length..]) is { Id: not null } identity)
                return identity;
        }

        return default;
    }

    private static AnswerIdentity Read(ref Utf8JsonReader reader)
    {
        string? id = null, model = null;
        while ((id is null || model is null) && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("id"u8))
                id = ReadName(ref reader);
            else if (reader.ValueTextEquals("model"u8))
                model = ReadName(ref reader);
            else if (reader.ValueTextEquals("message"u8) || reader.ValueTextEquals("response"u8))
                return reader.Read() && reader.TokenType == JsonTokenType.StartObject ? Read(ref reader) : default;
            else if (!reader.Read() || !reader.TrySkip())
                break;
        }

        return new AnswerIdentity(id, model);
    }

    private static string? ReadName(ref Utf8JsonReader reader)
    {
        if (!reader.Read())
            return null;
        if (reader.TokenType == JsonTokenType.String)
            return reader.ValueSpan.Length <= MaxLength ? reader.GetString() : null;
        reader.Skip();
        return null;
    }
}
