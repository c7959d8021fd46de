using System.Runtime.InteropServices;
using System.Text.Json;
using ServerlessRouter.Errors;
using ServerlessRouter.Providers.Failures;
using ServerlessRouter.Providers.OpenAI;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Responses;

/// <summary>What a response says of itself, in the words of chat completions.</summary>
internal static class ResponsesVocabulary
{
    /// <summary>OpenRouter's name for reasoning as this API tells and takes it.</summary>
    public const string ReasoningFormat = "openai-responses-v1";

    /// <summary>The arguments of a call without any.</summary>
    public const string NoArguments = "{}";

    /// <summary>What stands between two messages of one answer, and between two parts of a summary: a chat completion has one text for all.</summary>
    public const string Separator = "\n\n";

    /// <summary>The response; a gateway may wrap it in the event that ends a stream.</summary>
    public static JsonElement ResponseIn(JsonElement root)
    {
        var inside = LooseJson.Member(root, "response");
        return inside.ValueKind == JsonValueKind.Object && LooseJson.Member(root, "output").ValueKind == JsonValueKind.Undefined ? inside : root;
    }

    /// <summary>The answer ends early, because it got too long or was filtered; it is an answer all the same.</summary>
    public static bool IsIncomplete(JsonElement response) => LooseJson.Text(response, "status") == "incomplete";

    /// <summary>Why a response is no answer; null where it may be one.</summary>
    public static AttemptFailure? FailureOf(JsonElement response)
    {
        var error = LooseJson.Member(response, "error");
        if (ErrorValue.Speaks(error))
            return UpstreamFailures.OfErrorInside(VendorError.OfObject(JsonMarshal.GetRawUtf8Value(error).ToArray()));
        return LooseJson.Text(response, "status") switch
        {
            "failed" => UpstreamFailures.OfErrorInside(VendorError.Unknown),
            "cancelled" or "queued" or "in_progress" => UpstreamFailures.CutBeforeCommit("The provider's answer was not finished."),
            _ => null,
        };
    }

    /// <summary>Why the answer ended. What is cut off is never a call to carry out, so its reason stands before the calls.</summary>
    public static string FinishReason(JsonElement response, bool hasCalls)
    {
        if (IsIncomplete(response))
            return NativeReason(response) == "content_filter" ? "content_filter" : "length";
        return hasCalls ? FinishReasons.ToolCalls : FinishReasons.Stop;
    }

    /// <summary>The vendor's own word for it; null where it has none.</summary>
    public static string? NativeReason(JsonElement response) =>
        LooseJson.Text(LooseJson.Member(response, "incomplete_details"), "reason") is { Length: > 0 } reason ? reason : LooseJson.Text(response, "status");

    /// <summary>What a call's result names it by. Gateways that leave it out have the item's own id, or none.</summary>
    public static string CallId(JsonElement call) => Given(call, "call_id") ?? Given(call, "id") ?? $"call_{Guid.NewGuid():N}";

    /// <summary>The response's id, or one made up.</summary>
    public static string ResponseId(JsonElement response) => Given(response, "id") ?? $"resp_{Guid.NewGuid():N}";

    /// <summary>A call's arguments as text; gateways also send the object itself.</summary>
    public static string ArgumentsOf(JsonElement arguments) => arguments.ValueKind switch
    {
        JsonValueKind.String => LooseJson.Piece(arguments),
        JsonValueKind.Object or JsonValueKind.Array => LooseJson.Raw(arguments),
        _ => "",
    };

    private static string? Given(JsonElement parent, string name) => LooseJson.Text(parent, name) is { Length: > 0 } text ? text : null;
}
