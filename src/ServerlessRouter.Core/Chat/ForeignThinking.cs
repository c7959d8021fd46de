using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace ServerlessRouter.Chat;

/// <summary>
/// Thinking of other vendors than Anthropic in Anthropic's blocks. Clients keep <c>signature</c> and <c>data</c> as they get them and send them back, so what a vendor wants back with its own
/// thinking (ids, formats, signatures, encrypted parts, and what Gemini puts on a call) is carried in them, behind a mark that no vendor's own signature begins with.
/// </summary>
internal static class ForeignThinking
{
    private const int MaxCarriedBytes = 1024 * 1024;

    public static ReadOnlySpan<byte> Mark => "srr1."u8;

    /// <summary>What is carried, as text for <c>signature</c> or <c>data</c>.</summary>
    public static byte[] Encode(ReadOnlySpan<byte> json)
    {
        var text = new byte[Mark.Length + Base64Url.GetEncodedLength(json.Length)];
        Mark.CopyTo(text);
        Base64Url.EncodeToUtf8(json, text.AsSpan(Mark.Length));
        return text;
    }

    /// <summary>Whether a <c>signature</c> or <c>data</c> is none of Anthropic's: empty, or made here.</summary>
    public static bool IsForeign(ReadOnlySpan<byte> text) => text.IsEmpty || text.StartsWith(Mark);

    /// <summary>
    /// Whether a request in Anthropic's schema has a block whose signature is none of Anthropic's: it would refuse the whole request, so it must not go up as it is. Looks for the bytes, so a text that speaks of them may be taken for
    /// one.
    /// </summary>
    public static bool IsIn(ReadOnlySpan<byte> messages)
    {
        var name = "\"signature\""u8;
        if (messages.IndexOf("\"srr1."u8) >= 0)
            return true;
        while (messages.IndexOf(name) is >= 0 and var place)
        {
            messages = messages[(place + name.Length)..].TrimStart(" \t\r\n:"u8);
            if (messages.StartsWith("\"\""u8))
                return true;
        }

        return false;
    }

    /// <summary>The JSON object that is carried; null where there is none, or another wrote it.</summary>
    public static JsonDocument? Decode(ReadOnlySpan<byte> text)
    {
        if (!text.StartsWith(Mark) || text.Length > MaxCarriedBytes || !Base64Url.IsValid(text[Mark.Length..], out var length))
            return null;
        var json = new byte[length];
        if (Base64Url.DecodeFromUtf8(text[Mark.Length..], json, out _, out _) != OperationStatus.Done)
            return null;
        try
        {
            var carried = JsonDocument.Parse(json);
            if (carried.RootElement.ValueKind == JsonValueKind.Object)
                return carried;
            carried.Dispose();
            return null;
        }
        catch (JsonException)
        {
            // A client changed it; what it says is lost then.
            return null;
        }
    }
}
