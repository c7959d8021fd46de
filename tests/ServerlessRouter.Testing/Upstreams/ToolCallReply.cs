namespace ServerlessRouter.Testing.Upstreams;

/// <summary>A tool call of an answer; the arguments are JSON text.</summary>
internal sealed record ToolCallReply(string Id, string Name, string ArgumentsJson)
{
    /// <summary>The arguments as a stream sends them: in two pieces.</summary>
    public IEnumerable<string> ArgumentPieces => [ArgumentsJson[..(ArgumentsJson.Length / 2)], ArgumentsJson[(ArgumentsJson.Length / 2)..]];
}
