using System.Buffers;
using System.Buffers.Text;
using ServerlessRouter.Chat;
using ServerlessRouter.Json;

namespace ServerlessRouter.Providers.OpenAI;

/// <summary>Writes an answer anew with its vectors in order and in the encoding asked for; everything else stays.</summary>
internal static class EmbeddingsWriter
{
    /// <summary>Of what stands around a vector.</summary>
    private const int RoomPerVector = 64;

    /// <summary>A number written out is this much longer than its four bytes in base64 at most.</summary>
    private const int BytesPerNumber = 12;

    /// <summary>Takes over <paramref name="answer"/>.</summary>
    public static ChatAnswer Rewrite(ChatAnswer answer, JsonRange data, List<WrittenVector> vectors, VectorEncoding encoding)
    {
        using (answer)
        {
            var body = answer.Body.Span;
            var width = vectors[0].Width;
            var room = body.Length - data.Length + ((long)vectors.Count * (RoomPerVector + ((long)width * BytesPerNumber)));
            using var output = new PooledWriter((int)Math.Min(room, Array.MaxLength));
            var numbers = ArrayPool<float>.Shared.Rent(width + 1);
            output.Append(body[..data.Start]);
            output.Append("["u8);
            for (var place = 0; place < vectors.Count; place++)
            {
                output.Append(place == 0 ? "{\"object\":\"embedding\",\"index\":"u8 : ",{\"object\":\"embedding\",\"index\":"u8);
                Utf8Formatter.TryFormat(place, output.GetSpan(RoomPerVector), out var written);
                output.Advance(written);
                output.Append(",\"embedding\":"u8);
                WriteVector(output, body, vectors[place], encoding, numbers);
                output.Append("}"u8);
            }

            output.Append("]"u8);
            var dataEnd = output.Length;
            output.Append(body[data.End..]);
            ArrayPool<float>.Shared.Return(numbers);
            var usage = answer.UsageRange is { IsEmpty: false } range && range.Start >= data.End ? range with { Start = range.Start + dataEnd - data.End } : answer.UsageRange;
            var length = output.Length;
            return new ChatAnswer(output.Detach(), length) { Usage = answer.Usage, UsageRange = usage };
        }
    }

    private static void WriteVector(PooledWriter output, ReadOnlySpan<byte> body, in WrittenVector vector, VectorEncoding encoding, float[] room)
    {
        var written = vector.Value.In(body);
        if (vector.Encoding == encoding)
        {
            Quote(output, encoding);
            output.Append(written);
            Quote(output, encoding);
            return;
        }

        var numbers = room.AsSpan(0, vector.Width);
        if (vector.Encoding == VectorEncoding.Float)
        {
            VectorNumbers.ParseArray(written, numbers);
            output.Append("\""u8);
            VectorNumbers.WriteBase64(output, numbers);
            output.Append("\""u8);
        }
        else
        {
            VectorNumbers.Decode(written, vector.IsEscaped, room);
            VectorNumbers.WriteArray(output, numbers);
        }
    }

    private static void Quote(PooledWriter output, VectorEncoding encoding)
    {
        if (encoding == VectorEncoding.Base64)
            output.Append("\""u8);
    }
}
