using System.Buffers;
using System.Text;
using System.Text.Json;
using ServerlessRouter.Chat;

namespace ServerlessRouter.Benchmarks;

/// <summary>Chat bodies of a given size: turns of about 2,000 characters, with the quotes and line ends that real ones have.</summary>
internal static class Bodies
{
    private const int CharactersPerTurn = 2_000;
    private const string Sentence = "Please sum up the \"notes\" below and say what follows from item 12.\n- first: a café in Oslo\n- second: 12.5% of 3,400\n";

    public static byte[] Of(int bytes, string model)
    {
        var messages = new StringBuilder();
        for (var written = 0; written < bytes; written += CharactersPerTurn)
        {
            var text = string.Concat(Enumerable.Repeat(Sentence, CharactersPerTurn / Sentence.Length + 1))[..Math.Min(CharactersPerTurn, bytes - written)];
            messages.Append(messages.Length == 0 ? "" : ",").Append("{\"role\":\"user\",\"content\":\"").Append(JsonEncodedText.Encode(text)).Append("\"}");
        }

        return Encoding.UTF8.GetBytes($$"""{"model":"{{model}}","messages":[{{messages}}],"temperature":0.2,"stream":false}""");
    }

    public static ChatRequest Scan(byte[] body)
    {
        var pooled = ArrayPool<byte>.Shared.Rent(body.Length);
        body.CopyTo(pooled, 0);
        return ChatRequestScanner.TryScan(pooled, body.Length, out var request, out var error) ? request : throw new InvalidOperationException(error.Message);
    }
}
