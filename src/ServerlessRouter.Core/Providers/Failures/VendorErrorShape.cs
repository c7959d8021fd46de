using System.Text.Json;

namespace ServerlessRouter.Providers.Failures;

/// <summary>Tells a flat error behind a 200 from an answer in a shape that is not known.</summary>
internal static class VendorErrorShape
{
    /// <summary>
    /// Whether JSON is an error although it has no member <c>error</c>: <c>{"object":"error","message":…}</c>, <c>{"code":…,"msg":…}</c>, <c>{"errors":[…]}</c>,
    /// <c>{"detail":…}</c>, <c>{"base_resp":{"status_code":1004}}</c>, or a list of such. An answer has <c>choices</c>, <c>content</c> or <c>data</c>.
    /// </summary>
    public static bool IsError(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return IsError(document.RootElement);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool IsError(JsonElement root) => root.ValueKind switch
    {
        JsonValueKind.Array => root.GetArrayLength() > 0 && IsError(root[0]),
        JsonValueKind.Object => (root.TryGetProperty("error"u8, out var error) && error.ValueKind is JsonValueKind.Object or JsonValueKind.String or JsonValueKind.Array)
            || (!HasAny(root, "choices"u8, "content"u8) && (IsFlat(root) || IsBaseResponse(root))),
        _ => false,
    };

    private static bool IsFlat(JsonElement root) =>
        HasText(root, "message"u8) || HasText(root, "msg"u8) || HasAny(root, "errors"u8, "detail"u8) || HasText(root, "error_msg"u8) || HasText(root, "error_message"u8);

    private static bool IsBaseResponse(JsonElement root) =>
        root.TryGetProperty("base_resp"u8, out var response) && response.ValueKind == JsonValueKind.Object
        && response.TryGetProperty("status_code"u8, out var code) && code.ToString() != "0";

    private static bool HasText(JsonElement root, ReadOnlySpan<byte> name) => root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String;

    private static bool HasAny(JsonElement root, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) =>
        (root.TryGetProperty(first, out var value) || root.TryGetProperty(second, out value)) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined);
}
