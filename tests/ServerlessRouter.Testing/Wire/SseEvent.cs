namespace ServerlessRouter.Testing.Wire;

/// <summary>One event of a stream, or one comment line (then only <see cref="Comment"/> is set).</summary>
public sealed record SseEvent(string? Name = null, string? Data = null, string? Id = null, string? Comment = null)
{
    public bool IsComment => Comment is not null;

    /// <summary>Whether this is OpenAI's end of stream.</summary>
    public bool IsDone => Data == "[DONE]";
}
