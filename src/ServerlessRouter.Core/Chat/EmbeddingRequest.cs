using System.Text;
using System.Text.Json;
using ServerlessRouter.Json;

namespace ServerlessRouter.Chat;

/// <summary>Writes the body of OpenAI's embeddings API, in the form in which providers patch what goes up.</summary>
internal static class EmbeddingRequest
{
    private const int UsualBytes = 4 * 1024;

    /// <summary>A request without a model, which each deployment names in its own way; the caller disposes of it.</summary>
    public static ChatRequest Write(ReadOnlySpan<byte> text, int? dimensions)
    {
        using var body = new PooledWriter(UsualBytes);
        using (var writer = new Utf8JsonWriter(body))
        {
            writer.WriteStartObject();
            // Text cut in the middle of a character becomes readable again here.
            writer.WriteString("input", Encoding.UTF8.GetString(text));
            if (dimensions is { } wanted)
                writer.WriteNumber("dimensions", wanted);
            writer.WriteEndObject();
        }

        var length = body.Length;
        var request = new ChatRequest(body.Detach(), length);
        AddMembers(request);
        request.Embeddings = new EmbeddingsAsk(Inputs: 1, Tokens: 0, VectorEncoding.Float, dimensions);
        return request;
    }

    private static void AddMembers(ChatRequest request)
    {
        var reader = new Utf8JsonReader(request.Bytes);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = new JsonRange((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            request.MemberList.Add(new JsonMember(name, new JsonRange(start, (int)reader.BytesConsumed - start), reader.TokenType));
        }
    }
}
