using ServerlessRouter.Json;

namespace ServerlessRouter.Doors.Responses;

/// <summary>
/// What <c>encrypted_content</c> of a reasoning item holds: OpenAI's own as it is, and of other vendors <c>router:text:FORMAT:SIGNATURE</c> for thinking that the summary repeats and the vendor signed,
/// or <c>router:encrypted:FORMAT:ID:DATA</c>. So a client that sends its reasoning items back keeps any vendor's model thinking.
/// </summary>
internal readonly record struct ReasoningSeal(bool IsPlain, bool IsText, Range Format, Range Id, Range Data)
{
    private static ReadOnlySpan<byte> TextMark => "router:text:"u8;

    private static ReadOnlySpan<byte> EncryptedMark => "router:encrypted:"u8;

    /// <summary>The format of what OpenAI encrypted.</summary>
    public static ReadOnlySpan<byte> OwnFormat => "openai-responses-v1"u8;

    /// <summary>Reads the inside of a JSON string.</summary>
    public static ReasoningSeal Read(ReadOnlySpan<byte> content)
    {
        var plain = new ReasoningSeal(true, false, default, default, ..content.Length);
        if (content.StartsWith(TextMark))
            return Next(content, TextMark.Length) is { } end ? new(false, true, TextMark.Length..end, default, (end + 1)..content.Length) : plain;
        if (!content.StartsWith(EncryptedMark) || Next(content, EncryptedMark.Length) is not { } format || Next(content, format + 1) is not { } id)
            return plain;
        return new(false, false, EncryptedMark.Length..format, (format + 1)..id, (id + 1)..content.Length);
    }

    public static void WriteText(PooledWriter output, ReadOnlySpan<byte> format, ReadOnlySpan<byte> signature)
    {
        output.Append(TextMark);
        output.Append(format);
        output.Append(":"u8);
        output.Append(signature);
    }

    public static void WriteEncrypted(PooledWriter output, ReadOnlySpan<byte> format, ReadOnlySpan<byte> id, ReadOnlySpan<byte> data)
    {
        if (format.IsEmpty || format.EndsWith(OwnFormat) || format.SequenceEqual("unknown"u8))
        {
            output.Append(data);
            return;
        }

        output.Append(EncryptedMark);
        output.Append(format);
        output.Append(":"u8);
        if (!id.Contains((byte)':'))
            output.Append(id);
        output.Append(":"u8);
        output.Append(data);
    }

    private static int? Next(ReadOnlySpan<byte> content, int start) => content[start..].IndexOf((byte)':') is >= 0 and var found ? start + found : null;
}
