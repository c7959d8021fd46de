using System.Text.Json;

namespace ServerlessRouter.Providers;

/// <summary>An error as a vendor wrote it, whatever its schema.</summary>
/// <remarks>
/// Shapes: <c>{"error":{…}}</c> (OpenAI, Azure, Anthropic), <c>[{"error":{…}}]</c> (Gemini), <c>{"error":"…"}</c> (Ollama), <c>{"message":…,"type":…}</c> (vLLM, Mistral),
/// <c>{"detail":…}</c> (FastAPI servers).
/// </remarks>
internal sealed record VendorError(string? Message, string? Type, string? Code, string? Param)
{
    public static readonly VendorError Unknown = new(null, null, null, null);

    /// <summary>Azure's <c>innererror.code</c>.</summary>
    public string? InnerCode { get; init; }

    /// <summary>Azure's <c>innererror</c> as it came.</summary>
    public string? InnerJson { get; init; }

    /// <summary>The body is an error in OpenAI's schema as it stands.</summary>
    public bool IsOpenAI { get; init; }

    /// <summary>Reads an error body; <see cref="Unknown"/> when it is none.</summary>
    public static VendorError Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return Read(document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The second is a string with broken escapes.
            return Unknown;
        }
    }

    /// <summary>Reads the value of an <c>error</c> member: an object or a text.</summary>
    public static VendorError OfObject(ReadOnlyMemory<byte> error) => Read((byte[])[.. "{\"error\":"u8, .. error.Span, (byte)'}']);

    /// <summary>An HTTP status that the error's code states, as OpenRouter and Gemini do inside a 200.</summary>
    public int? StatusInCode => int.TryParse(Code, out var status) && status is >= 400 and < 600 ? status : null;

    /// <summary>The code or the type is this word.</summary>
    public bool Says(ReadOnlySpan<char> word) =>
        Code.AsSpan().Equals(word, StringComparison.OrdinalIgnoreCase) || Type.AsSpan().Equals(word, StringComparison.OrdinalIgnoreCase);

    public bool Mentions(string phrase) => Message?.Contains(phrase, StringComparison.OrdinalIgnoreCase) == true;

    private static VendorError Read(JsonElement root)
    {
        if (root.ValueKind == JsonValueKind.Array && root.GetArrayLength() > 0)
            root = root[0];
        if (root.ValueKind != JsonValueKind.Object)
            return Unknown;
        if (!root.TryGetProperty("error", out var error))
            return Fields(root) is { Message: not null } flat ? flat : new VendorError(Text(root, "detail"), null, null, null);
        return error.ValueKind switch
        {
            JsonValueKind.String => new VendorError(error.GetString(), null, null, null),
            JsonValueKind.Object => Fields(error) with
            {
                IsOpenAI = error.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.String
                    && (!error.TryGetProperty("code", out var code) || code.ValueKind is JsonValueKind.String or JsonValueKind.Null)
                    && (!root.TryGetProperty("type", out _)),
            },
            _ => Unknown,
        };
    }

    private static VendorError Fields(JsonElement error)
    {
        var fields = new VendorError(Text(error, "message"), Text(error, "type"), Text(error, "code"), Text(error, "param"));
        return error.TryGetProperty("innererror", out var inner) && inner.ValueKind == JsonValueKind.Object
            ? fields with { InnerCode = Text(inner, "code"), InnerJson = inner.GetRawText() }
            : fields;
    }

    private static string? Text(JsonElement parent, string name) => !parent.TryGetProperty(name, out var value) ? null : value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        _ => null,
    };
}
