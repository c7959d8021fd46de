using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace ServerlessRouter.Chat;

/// <summary>
/// What was changed in a request on its way to one vendor, because the vendor takes it otherwise: <c>adjusted</c> and <c>stripped</c> of <c>router_metadata</c>.
/// </summary>
/// <remarks>What changes a request gets null where the caller did not ask for metadata, so that telling costs nothing then.</remarks>
public sealed class RequestAdjustments
{
    /// <summary>Changes told one by one; of further ones only the number is.</summary>
    public const int MaxEntries = 64;

    /// <summary>A longer value is described, not repeated.</summary>
    public const int MaxValueCharacters = 80;

    private readonly List<(string Param, string? From, string? To)> _adjusted = [];
    private readonly List<string> _stripped = [];
    private int _untold;

    /// <summary>A member went up with another value.</summary>
    /// <param name="param">Where it stands in the request, as <c>messages[2].content[0]</c>.</param>
    /// <param name="from">What the caller sent, as JSON; null for nothing.</param>
    /// <param name="to">What went up, as JSON; null for nothing.</param>
    public void Add(string param, string? from, string? to)
    {
        if (_adjusted.Count < MaxEntries)
            _adjusted.Add((param, from, to));
        else
            _untold++;
    }

    /// <summary>A member went up with another value, or not at all.</summary>
    public void Add(string param, JsonElement from, string? to) => Add(param, ValueOf(from), to);

    /// <summary>A member was left out; <paramref name="value"/> is its JSON.</summary>
    public void Drop(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => Add(Encoding.UTF8.GetString(name), ValueOf(value), null);

    /// <summary>A number went up smaller; both values are JSON.</summary>
    public void Cap(ReadOnlySpan<byte> name, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to) => Add(Encoding.UTF8.GetString(name), ValueOf(from), ValueOf(to));

    /// <summary>A kind of content was left out wherever it stood, as <c>reasoning</c>.</summary>
    public void Strip(string kind)
    {
        if (!_stripped.Contains(kind))
            _stripped.Add(kind);
    }

    /// <summary>A text as the JSON that the other methods take.</summary>
    public static string Text(string text) => $"\"{JsonEncodedText.Encode(text.Length <= MaxValueCharacters ? text : $"(text of {text.Length} characters)")}\"";

    /// <summary>Writes <c>adjusted</c> and <c>stripped</c> into the open object, each only where there is something to tell.</summary>
    public void WriteTo(Utf8JsonWriter writer)
    {
        if (_adjusted.Count > 0)
            WriteAdjusted(writer);
        if (_untold > 0)
            writer.WriteNumber("adjusted_further"u8, _untold);
        if (_stripped.Count == 0)
            return;
        writer.WriteStartArray("stripped"u8);
        foreach (var kind in _stripped)
            writer.WriteStringValue(kind);
        writer.WriteEndArray();
    }

    private void WriteAdjusted(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("adjusted"u8);
        foreach (var (param, from, to) in CollectionsMarshal.AsSpan(_adjusted))
        {
            writer.WriteStartObject();
            writer.WriteString("param"u8, param);
            writer.WritePropertyName("from"u8);
            writer.WriteRawValue(from ?? "null");
            writer.WritePropertyName("to"u8);
            writer.WriteRawValue(to ?? "null");
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static string? ValueOf(JsonElement value) => value.ValueKind == JsonValueKind.Undefined ? null : Shortened(value.GetRawText());

    private static string ValueOf(ReadOnlySpan<byte> json) => Shortened(Encoding.UTF8.GetString(json));

    private static string Shortened(string json) => json.Length <= MaxValueCharacters ? json : json[0] switch
    {
        '{' => "\"(object)\"",
        '[' => "\"(array)\"",
        _ => $"\"(text of {json.Length - 2} characters)\"",
    };
}
