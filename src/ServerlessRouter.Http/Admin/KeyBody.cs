using System.Buffers;
using System.Text.Json;
using ServerlessRouter.Errors;
using ServerlessRouter.Jobs;
using ServerlessRouter.Json;
using ServerlessRouter.Keys;

namespace ServerlessRouter.Http.Admin;

/// <summary>Reads what admins write of keys.</summary>
internal static class KeyBody
{
    private const int MaxDepth = 8;
    private const int MaxIdLength = 64;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = MaxDepth };

    /// <summary>Whether a text may be the id of a key.</summary>
    public static bool IsId(string text) => text.Length is > 0 and <= MaxIdLength && text.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter == '_');

    /// <summary>Reads the object that a body is.</summary>
    public static (T? Order, RouterError? Error) Read<T>(ReadOnlyMemory<byte> body, Func<JsonElement, (T? Order, RouterError? Error)> read)
    {
        try
        {
            using var document = JsonDocument.Parse(body, Options);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return (default, RouterError.InvalidRequest("The body is not a JSON object."));
            if (document.RootElement.EnumerateObject().GroupBy(static member => member.Name, StringComparer.Ordinal).FirstOrDefault(static group => group.Skip(1).Any()) is { } twice)
                return (default, RouterError.InvalidRequest($"'{Shown(twice.Key)}' is written twice; only one can hold.", Shown(twice.Key)));
            return read(document.RootElement);
        }
        catch (JsonException)
        {
            return (default, RouterError.InvalidRequest($"The body is not valid JSON: {JsonFault.Explain(body.Span)}"));
        }
        catch (InvalidOperationException)
        {
            // The reader's way to say that an escape is half of a pair.
            return (default, RouterError.InvalidRequest("The body holds a \\u escape that is no character."));
        }
    }

    /// <summary>A key that is to be issued; what is no text is no name.</summary>
    public static (KeyOrder? Order, RouterError? Error) ReadNew(JsonElement body) =>
        Read(body, body.TryGetProperty("name"u8, out var name) && name.ValueKind == JsonValueKind.String ? name.GetString()! : "");

    /// <summary>What of a key is to be changed.</summary>
    public static (KeyOrder? Order, RouterError? Error) ReadPatch(JsonElement body) => body.TryGetProperty("name"u8, out _)
        ? (null, RouterError.InvalidRequest("'name' cannot be changed: what was used under it stays filed under it. Issue another key.", "name"))
        : Read(body, "");

    /// <summary>How long the key before is accepted beside the one that follows it.</summary>
    public static (TimeSpan Overlap, RouterError? Error) ReadOverlap(JsonElement body)
    {
        foreach (var member in body.EnumerateObject())
        {
            if (member.Name != "overlapSeconds")
                return (default, RouterError.InvalidRequest($"There is no member '{Shown(member.Name)}' here; there is overlapSeconds.", Shown(member.Name)));
            if (member.Value.ValueKind != JsonValueKind.Number || !member.Value.TryGetInt64(out var seconds) || seconds < 0 || seconds > KeyAdministration.MaxOverlap.TotalSeconds)
                return (default, RouterError.InvalidRequest($"'overlapSeconds' must be a whole number from 0 to {KeyAdministration.MaxOverlap.TotalSeconds:0}: how long the key before is still accepted.", "overlapSeconds"));
            return (TimeSpan.FromSeconds(seconds), null);
        }

        return (TimeSpan.Zero, null);
    }

    private static (KeyOrder? Order, RouterError? Error) Read(JsonElement body, string name)
    {
        if (!JobMetadata.TryRead(body, out var metadata))
            return (null, RouterError.InvalidRequest(JobMetadata.Rule, "metadata"));
        return (new KeyOrder(name, WithoutOwnMembers(body)) { Metadata = metadata, HasMetadata = body.TryGetProperty("metadata"u8, out _) }, null);
    }

    /// <summary>What is left is what a key of the configuration may have.</summary>
    private static JsonElement WithoutOwnMembers(JsonElement body)
    {
        var output = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartObject();
            foreach (var member in body.EnumerateObject())
            {
                if (member.Name is not ("name" or "metadata"))
                    member.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        var reader = new Utf8JsonReader(output.WrittenSpan);
        return JsonElement.ParseValue(ref reader);
    }

    private static string Shown(string name) => name.Length <= MaxIdLength ? name : string.Concat(name.AsSpan(0, MaxIdLength), "…");
}
