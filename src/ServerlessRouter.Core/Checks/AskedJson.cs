using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Checks.Schema;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Checks;

/// <summary>The JSON that a request's <c>response_format</c> asks for.</summary>
internal sealed class AskedJson : IDisposable
{
    private readonly JsonDocument _format;
    private readonly JsonElement? _schema;
    private readonly bool _isObject;

    private AskedJson(JsonDocument format, JsonElement? schema, bool isObject) => (_format, _schema, _isObject) = (format, schema, isObject);

    /// <summary>Null where the request asks for no JSON.</summary>
    public static AskedJson? Of(ChatRequest request)
    {
        if ((request.Needs & (Capabilities.JsonSchema | Capabilities.JsonObject)) == 0 || !request.TryGetMember("response_format"u8, out var member))
            return null;
        var format = JsonDocument.Parse(request.Memory.Slice(member.Value.Start, member.Value.Length), new JsonDocumentOptions { MaxDepth = ChatRequestScanner.MaxDepth });
        var root = format.RootElement;
        if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("type"u8, out var type) && type.ValueKind == JsonValueKind.String)
        {
            if (type.ValueEquals("json_object"u8))
                return new AskedJson(format, null, isObject: true);
            if (type.ValueEquals("json_schema"u8))
                return new AskedJson(format, SchemaOf(root), isObject: false);
        }

        format.Dispose();
        return null;
    }

    /// <summary>What keeps a text from being that, in words that follow "it"; null where nothing does.</summary>
    public string? Complaint(ReadOnlyMemory<byte> text)
    {
        if (_isObject)
            return JsonFit.OfObject(text);
        return _schema is { } schema ? JsonFit.Of(text, schema) : JsonFit.OfAny(text);
    }

    public void Dispose() => _format.Dispose();

    private static JsonElement? SchemaOf(JsonElement format) =>
        format.TryGetProperty("json_schema"u8, out var named) && named.ValueKind == JsonValueKind.Object && named.TryGetProperty("schema"u8, out var schema) ? schema : null;
}
