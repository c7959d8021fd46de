using ServerlessRouter.Errors;

namespace ServerlessRouter.Testing.VendorErrors;

/// <summary>An error as a vendor writes it, whole and literal.</summary>
/// <param name="Means">What the router is to take it for.</param>
/// <param name="Vendor">Who writes so.</param>
/// <param name="Status">The HTTP status it comes with.</param>
/// <param name="Body">The body.</param>
public sealed record VendorErrorExample(FailureKind Means, string Vendor, int Status, string Body)
{
    /// <summary>OpenAI's shape.</summary>
    public static VendorErrorExample Of(FailureKind means, string vendor, int status, string message, string? code = null, string? type = "invalid_request_error") =>
        new(means, vendor, status, $$$"""{"error":{"message":{{{Json(message)}}},"type":{{{Json(type)}}},"param":null,"code":{{{Json(code)}}}}}""");

    /// <summary>vLLM's, Mistral's and SiliconFlow's shape.</summary>
    public static VendorErrorExample Flat(FailureKind means, string vendor, int status, string message, string type = "BadRequestError") =>
        new(means, vendor, status, $$$"""{"object":"error","message":{{{Json(message)}}},"type":{{{Json(type)}}},"param":null,"code":{{{status}}}}""");

    /// <summary>Anthropic's shape.</summary>
    public static VendorErrorExample Claude(FailureKind means, int status, string message, string type = "invalid_request_error") =>
        new(means, "Anthropic", status, $$$"""{"type":"error","error":{"type":{{{Json(type)}}},"message":{{{Json(message)}}}},"request_id":"req_1"}""");

    /// <summary>Gemini's compatible endpoint.</summary>
    public static VendorErrorExample Gemini(FailureKind means, int status, string message, string state, string? reason = null)
    {
        var details = reason is null ? "" : $$$""","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"{{{reason}}}","domain":"googleapis.com"}]""";
        return new(means, "Gemini", status, $$$"""[{"error":{"code":{{{status}}},"message":{{{Json(message)}}},"status":"{{{state}}}"{{{details}}}}}]""");
    }

    /// <summary>Zhipu's shape: a code, no type.</summary>
    public static VendorErrorExample Zhipu(FailureKind means, int status, string code, string message) =>
        new(means, "Zhipu", status, $$$"""{"error":{"code":"{{{code}}}","message":{{{Json(message)}}}}}""");

    /// <summary>MiniMax's shape, which comes with a 200.</summary>
    public static VendorErrorExample MiniMax(FailureKind means, int code, string message) =>
        new(means, "MiniMax", 200, $$$"""{"id":"1","choices":null,"created":1,"model":"m","object":"","base_resp":{"status_code":{{{code}}},"status_msg":{{{Json(message)}}}}}""");

    /// <summary>Amazon's shape.</summary>
    public static VendorErrorExample Amazon(FailureKind means, int status, string message, string? type = null) =>
        new(means, "Bedrock", status, type is null ? $$$"""{"message":{{{Json(message)}}}}""" : $$$"""{"__type":"com.amazon.coral.service#{{{type}}}","message":{{{Json(message)}}}}""");

    public override string ToString() => $"{Vendor} {Status}: {Body}";

    private static string Json(string? text) => text is null ? "null" : $"\"{System.Text.Json.JsonEncodedText.Encode(text, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
