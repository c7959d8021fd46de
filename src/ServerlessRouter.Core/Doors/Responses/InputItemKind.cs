using System.Text.Json;

namespace ServerlessRouter.Doors.Responses;

/// <summary>What an item of the input is to a chat request.</summary>
internal enum InputItemKind
{
    /// <summary>A message; of callers that leave the type out, whatever has a role.</summary>
    Message,
    Call,
    CustomCall,
    CallResult,
    Reasoning,

    /// <summary>Tools that were added behind the request's own.</summary>
    MoreTools,

    /// <summary>What a vendor's own tool did on the way to an answer that follows: the answer says what came of it.</summary>
    Passing,
    Reference,
    Untyped,

    /// <summary>Anything else: only a vendor that speaks responses can take it, and no other is asked (<see cref="ForeignItems"/>).</summary>
    Foreign,
}

/// <summary>Tells the kinds of items apart.</summary>
internal static class InputItems
{
    public static InputItemKind KindOf(JsonElement item)
    {
        if (!item.TryGetProperty("type"u8, out var type) || type.ValueKind == JsonValueKind.Null)
        {
            if (item.TryGetProperty("role"u8, out _))
                return InputItemKind.Message;
            return item.TryGetProperty("id"u8, out _) ? InputItemKind.Reference : InputItemKind.Untyped;
        }

        return type.ValueKind == JsonValueKind.String ? KindOf(type.GetString()!) : InputItemKind.Untyped;
    }

    public static InputItemKind KindOf(string type) => type switch
    {
        "message" => InputItemKind.Message,
        "function_call" => InputItemKind.Call,
        "custom_tool_call" => InputItemKind.CustomCall,
        "function_call_output" or "custom_tool_call_output" => InputItemKind.CallResult,
        "reasoning" => InputItemKind.Reasoning,
        "additional_tools" => InputItemKind.MoreTools,
        "web_search_call" or "file_search_call" or "image_generation_call" or "mcp_list_tools" => InputItemKind.Passing,
        "item_reference" => InputItemKind.Reference,
        _ => InputItemKind.Foreign,
    };
}
