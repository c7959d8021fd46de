namespace ServerlessRouter.Doors.Messages;

/// <summary>OpenAI's words in Anthropic's.</summary>
internal static class MessagesVocabulary
{
    private const string Prefix = "msg_";

    /// <summary>
    /// Why the answer ended. A vendor's own reason counts where it is one of Anthropic's, except that an answer with calls ended for them, unless it was cut or refused.
    /// </summary>
    /// <param name="finish">The <c>finish_reason</c>; null where the vendor sent none.</param>
    /// <param name="native">The <c>native_finish_reason</c>.</param>
    /// <param name="hasCalls">The answer calls tools.</param>
    /// <param name="hasSequence">It is known which of the stop sequences ended it.</param>
    public static string StopReason(string? finish, string? native, bool hasCalls, bool hasSequence)
    {
        if (native is "max_tokens" or "model_context_window_exceeded" or "refusal" or "pause_turn" or "compaction" or "tool_use")
            return native;
        return finish switch
        {
            "length" => "max_tokens",
            "content_filter" => "refusal",
            "model_context_window_exceeded" or "model_length" or "context_length_exceeded" => "model_context_window_exceeded",
            _ when hasCalls => "tool_use",
            _ when hasSequence || native == "stop_sequence" => "stop_sequence",
            _ => "end_turn",
        };
    }

    /// <summary>The answer's id, in the form of Anthropic's.</summary>
    public static string MessageId(string? id, string requestId)
    {
        if (id is null || id.Length == 0)
            id = requestId;
        if (id.StartsWith(Prefix, StringComparison.Ordinal))
            return id;
        if (id.StartsWith("chatcmpl-", StringComparison.Ordinal))
            id = id["chatcmpl-".Length..];
        return Prefix + Legal(id);
    }

    /// <summary>An id of a call with the characters that Anthropic takes back: <c>^[a-zA-Z0-9_-]+$</c>.</summary>
    public static string Legal(string id) => id.All(IsLegal) ? id : string.Concat(id.Select(static character => IsLegal(character) ? character : '_'));

    /// <summary>Anthropic's name of the tier that served the answer.</summary>
    public static string Tier(string tier) => tier == "default" ? "standard" : tier;

    private static bool IsLegal(char character) => char.IsAsciiLetterOrDigit(character) || character is '_' or '-';
}
