using System.Buffers;
using System.Text;
using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Doors.Messages;
using ServerlessRouter.Testing.Chance;
using Xunit;

namespace ServerlessRouter.Core.Tests.Doors.Messages;

/// <summary>Bodies that no client would write: each is an error, or a chat request; none is an exception.</summary>
public sealed class MessagesFuzzTests
{
    private const int Bodies = 10_000;

    private static readonly string[] Values =
        ["null", "true", "0", "-1", "1e999", "99999999999999999999", "\"\"", "\"\\ud800\"", "[]", "{}", "[[]]", "[null]", "{\"type\":1}", "{\"type\":\"text\"}", "{\"type\":\"image\",\"source\":{\"type\":\"base64\"}}", "\"x\""];

    [Fact]
    public void Read_MutatedBodies_AreErrorsOrChatRequests()
    {
        var random = new SeededRandomSource(20261130);
        var taken = 0;
        for (var round = 0; round < Bodies; round++)
        {
            var body = Mutate(AgentConversation.Request, random);
            var output = new ArrayBufferWriter<byte>();
            if (MessagesDoor.Instance.Read(body, output) is { } error)
            {
                Assert.InRange(MessagesDoor.Instance.StatusOf(error), 400, 499);
                continue;
            }

            taken++;
            using (JsonDocument.Parse(output.WrittenMemory, new JsonDocumentOptions { MaxDepth = ChatRequestScanner.MaxDepth }))
            {
                var plain = new ArrayBufferWriter<byte>();
                PlainChat.Write(output.WrittenMemory, plain);
                using var written = JsonDocument.Parse(plain.WrittenMemory, new JsonDocumentOptions { MaxDepth = ChatRequestScanner.MaxDepth });
            }
        }

        // Both sides of the line were met.
        Assert.InRange(taken, Bodies / 20, Bodies * 19 / 20);
    }

    private static byte[] Mutate(string request, SeededRandomSource random)
    {
        var text = new StringBuilder(request);
        for (var left = 1 + random.Next(3); left > 0; left--)
        {
            var place = random.Next(text.Length);
            switch (random.Next(5))
            {
                case 0:
                    ReplaceValue(text, place, Values[random.Next(Values.Length)]);
                    break;
                case 1:
                    text[place] = "\"\\{}[],: 0-.eEtfnu\n\u00e9"[random.Next(20)];
                    break;
                case 2:
                    text.Remove(place, Math.Min(text.Length - place, 1 + random.Next(20)));
                    break;
                case 3:
                    text.Insert(place, text.ToString(place, Math.Min(text.Length - place, 1 + random.Next(40))));
                    break;
                default:
                    text[place] = (char)('a' + random.Next(26));
                    break;
            }

            if (text.Length == 0)
                text.Append('{');
        }

        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        if (random.Next(10) == 0)
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        return bytes;
    }

    /// <summary>Puts another value behind the next colon, so that the body stays JSON more often than not.</summary>
    private static void ReplaceValue(StringBuilder text, int place, string value)
    {
        var json = text.ToString();
        var colon = json.IndexOf("\":", place, StringComparison.Ordinal);
        if (colon < 0)
            return;
        var bytes = Encoding.UTF8.GetBytes(json[(colon + 2)..]);
        var reader = new Utf8JsonReader(bytes, isFinalBlock: false, default);
        try
        {
            if (!reader.Read() || !reader.TrySkip())
                return;
        }
        catch (JsonException)
        {
            return;
        }

        text.Remove(colon + 2, Encoding.UTF8.GetCharCount(bytes.AsSpan(0, (int)reader.BytesConsumed)));
        text.Insert(colon + 2, value);
    }
}
