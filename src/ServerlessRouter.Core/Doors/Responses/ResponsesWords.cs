using ServerlessRouter.Errors;

namespace ServerlessRouter.Doors.Responses;

/// <summary>Says errors about the chat request in the words of the response it was translated from.</summary>
internal static class ResponsesWords
{
    private static readonly (string Chat, string Own)[] Names =
    [
        ("max_completion_tokens", "max_output_tokens"), ("max_tokens", "max_output_tokens"), ("response_format", "text.format"), ("reasoning_effort", "reasoning.effort"),
        ("verbosity", "text.verbosity"), ("messages", "input"),
    ];

    public static RouterError Of(RouterError error)
    {
        if (error.Param is not { } param || OwnName(param) is not { } own)
            return error;
        return error with { Param = own, Message = error.Message.Replace($"'{param}'", $"'{own}'", StringComparison.Ordinal) };
    }

    private static string? OwnName(string param)
    {
        // One message is several items, so the place of a message is none in the input.
        if (param.StartsWith("messages[", StringComparison.Ordinal))
            return "input";
        if (param.StartsWith("tools[", StringComparison.Ordinal))
            return param.Replace("].function", "]", StringComparison.Ordinal).Replace("].custom", "]", StringComparison.Ordinal);
        foreach (var (chat, own) in Names)
        {
            if (param == chat || (param.StartsWith(chat, StringComparison.Ordinal) && param[chat.Length] == '.'))
                return string.Concat(own, param.AsSpan(chat.Length));
        }

        return null;
    }
}
