using ServerlessRouter.Json;

namespace ServerlessRouter.Chat;

/// <summary>The wire names of <see cref="RequestFields"/>.</summary>
internal static class RequestFieldNames
{
    private const int MaxNameLength = 21;

    private static readonly (RequestFields Field, string Name, byte[] Utf8)[] Table =
    [
        Row(RequestFields.Model, "model"), Row(RequestFields.Models, "models"), Row(RequestFields.Messages, "messages"),
        Row(RequestFields.Stream, "stream"), Row(RequestFields.StreamOptions, "stream_options"),
        Row(RequestFields.MaxTokens, "max_tokens"), Row(RequestFields.MaxCompletionTokens, "max_completion_tokens"),
        Row(RequestFields.Tools, "tools"), Row(RequestFields.Functions, "functions"), Row(RequestFields.ResponseFormat, "response_format"),
        Row(RequestFields.Logprobs, "logprobs"), Row(RequestFields.ReasoningEffort, "reasoning_effort"), Row(RequestFields.Modalities, "modalities"),
        Row(RequestFields.SessionId, "session_id"), Row(RequestFields.PromptCacheKey, "prompt_cache_key"), Row(RequestFields.User, "user"),
    ];

    private static readonly (RequestFields Field, byte[] Utf8)[][] ByLength =
        [.. Enumerable.Range(0, MaxNameLength + 1).Select(length => Table.Where(row => row.Utf8.Length == length).Select(row => (row.Field, row.Utf8)).ToArray())];

    public static string Of(RequestFields field) => Array.Find(Table, row => row.Field == field).Name;

    /// <summary>The field whose name the reader stands on; <see cref="RequestFields.None"/> when routing does not act on it.</summary>
    public static RequestFields Find(ref JsonTokenReader reader)
    {
        if (reader.ValueIsEscaped)
            return FindEscaped(ref reader);
        var name = reader.ValueSpan;
        if (name.Length > MaxNameLength)
            return RequestFields.None;
        foreach (var (field, utf8) in ByLength[name.Length])
        {
            if (name.SequenceEqual(utf8))
                return field;
        }

        return RequestFields.None;
    }

    private static RequestFields FindEscaped(ref JsonTokenReader reader)
    {
        foreach (var (field, _, utf8) in Table)
        {
            if (reader.ValueTextEquals(utf8))
                return field;
        }

        return RequestFields.None;
    }

    private static (RequestFields Field, string Name, byte[] Utf8) Row(RequestFields field, string name) => (field, name, System.Text.Encoding.UTF8.GetBytes(name));
}

/// <summary>The top-level fields of a chat request that routing acts on.</summary>
[Flags]
internal enum RequestFields
{
    None = 0,
    Model = 1,
    Models = 1 << 1,
    Messages = 1 << 2,
    Stream = 1 << 3,
    StreamOptions = 1 << 4,
    MaxTokens = 1 << 5,
    MaxCompletionTokens = 1 << 6,
    Tools = 1 << 7,
    Functions = 1 << 8,
    ResponseFormat = 1 << 9,
    Logprobs = 1 << 10,
    ReasoningEffort = 1 << 11,
    Modalities = 1 << 12,
    SessionId = 1 << 13,
    PromptCacheKey = 1 << 14,
    User = 1 << 15,
}
