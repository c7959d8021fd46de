using System.Text;
using System.Text.Json;
using ServerlessRouter.Chat;

namespace ServerlessRouter.Doors.Responses;

/// <summary>Under which names the caller declared tools whose names a chat request has otherwise: those of namespaces, and custom ones that a vendor calls as functions.</summary>
internal sealed class CallNames
{
    private static readonly CallNames None = new();
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = ChatRequestScanner.MaxDepth };

    private readonly Dictionary<string, (byte[] Namespace, byte[] Name)> _spaces = new(StringComparer.Ordinal);
    private readonly HashSet<string> _customs = new(StringComparer.Ordinal);

    private bool HasAny => _spaces.Count > 0 || _customs.Count > 0;

    public static CallNames Of(ReadOnlyMemory<byte> body)
    {
        if (body.Span.IndexOf("\"namespace\""u8) < 0 && body.Span.IndexOf("\"custom\""u8) < 0)
            return None;
        var names = new CallNames();
        try
        {
            using var document = JsonDocument.Parse(body, Options);
            names.Add(document.RootElement);
            if (document.RootElement.TryGetProperty("input"u8, out var input) && input.ValueKind == JsonValueKind.Array)
            {
                foreach (var item in input.EnumerateArray())
                {
                    if (item.ValueKind == JsonValueKind.Object && InputItems.KindOf(item) == InputItemKind.MoreTools)
                        names.Add(item);
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return None;
        }

        return names;
    }

    /// <summary>Puts the caller's own name on a call, and answers whether its tool is a custom one.</summary>
    public bool Find(ReadOnlySpan<byte> rawName, out byte[] space, out byte[] name)
    {
        (space, name) = ([], rawName.ToArray());
        if (!HasAny)
            return false;
        var flat = Encoding.UTF8.GetString(rawName);
        if (_spaces.TryGetValue(flat, out var found))
            (space, name) = found;
        return _customs.Contains(flat);
    }

    private void Add(JsonElement home)
    {
        if (!home.TryGetProperty("tools"u8, out var tools) || tools.ValueKind != JsonValueKind.Array)
            return;
        foreach (var tool in tools.EnumerateArray())
        {
            if (TypeOf(tool) == "custom" && NameOf(tool) is { } custom)
                _customs.Add(custom);
            if (TypeOf(tool) == "namespace" && NameOf(tool) is { } space && tool.TryGetProperty("tools"u8, out var inner) && inner.ValueKind == JsonValueKind.Array)
                AddSpace(space, inner);
        }
    }

    private void AddSpace(string space, JsonElement tools)
    {
        foreach (var tool in tools.EnumerateArray())
        {
            if (NameOf(tool) is not { } name)
                continue;
            var flat = ChatTools.FlatName(space, name);
            _spaces[flat] = (Inside(space), Inside(name));
            if (TypeOf(tool) == "custom")
                _customs.Add(flat);
        }
    }

    private static byte[] Inside(string text) => JsonEncodedText.Encode(text).EncodedUtf8Bytes.ToArray();

    private static string? TypeOf(JsonElement tool) => Text(tool, "type"u8);

    private static string? NameOf(JsonElement tool) => Text(tool, "name"u8);

    private static string? Text(JsonElement tool, ReadOnlySpan<byte> name) =>
        tool.ValueKind == JsonValueKind.Object && tool.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
