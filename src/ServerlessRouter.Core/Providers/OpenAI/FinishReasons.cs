using System.Text.Json;
using ServerlessRouter.Json;

namespace ServerlessRouter.Providers.OpenAI;

/// <summary>Why a choice finished, in the words that matter here; all others are the vendor's own and pass.</summary>
internal static class FinishReasons
{
    public const string Stop = "stop";

    public const string ToolCalls = "tool_calls";

    /// <summary>OpenRouter's word for an answer that failed.</summary>
    public const string Error = "error";

    private static readonly string[] CommonWords = [Stop, "length", ToolCalls, "content_filter", "function_call"];

    private static readonly string[] WordsForNone = ["", "null", "none", "unknown"];

    // vLLM's and SGLang's, DeepSeek's, Zhipu's: the server gave up.
    private static readonly string[] WordsForFailure = [Error, "abort", "insufficient_system_resource", "network_error"];

    /// <summary>The reason at which the reader stands, without an allocation where it is a common one; null where the text says that there is none yet.</summary>
    public static string? Read(ref JsonTokenReader reader)
    {
        if (reader.ValueTextEquals("stop"u8))
            return Stop;
        if (reader.ValueTextEquals("length"u8))
            return "length";
        if (reader.ValueTextEquals("tool_calls"u8))
            return ToolCalls;
        var reason = reader.GetString()!;
        return IsReason(reason) ? reason : null;
    }

    /// <summary>The reason in an object or a list, as in <c>{"type":"stop"}</c>: a word that all vendors know, else the first text. Afterwards the reader is at its end.</summary>
    public static string? ReadInside(ref JsonTokenReader reader)
    {
        string? first = null, common = null;
        var depth = reader.CurrentDepth;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (reader.TokenType != JsonTokenType.String || Read(ref reader) is not { } reason)
                continue;
            first ??= reason;
            common ??= CommonWords.Contains(reason, StringComparer.Ordinal) ? reason : null;
        }

        return common ?? first;
    }

    /// <summary>Ollama, SGLang and others write a word for none until the last chunk.</summary>
    public static bool IsReason(string? reason) => reason is not null && !WordsForNone.Contains(reason, StringComparer.OrdinalIgnoreCase);

    /// <summary>The answer is not whole: the vendor says so in place of an error.</summary>
    public static bool IsFailure(string reason) => WordsForFailure.Contains(reason, StringComparer.OrdinalIgnoreCase);
}
