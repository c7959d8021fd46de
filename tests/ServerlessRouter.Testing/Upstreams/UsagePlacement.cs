namespace ServerlessRouter.Testing.Upstreams;

/// <summary>Where in a stream the vendor reports usage.</summary>
public enum UsagePlacement
{
    /// <summary>On a chunk without choices before <c>[DONE]</c>, if the client asked: OpenAI's way.</summary>
    OwnChunkIfAsked,

    /// <summary>The same, asked or not.</summary>
    OwnChunk,

    /// <summary>On the chunk with the finish reason.</summary>
    FinishChunk,

    /// <summary>On the last chunk with content.</summary>
    LastContentChunk,

    /// <summary>On the very first chunk.</summary>
    FirstChunk,

    /// <summary>Nowhere, nor in a plain answer.</summary>
    Absent,
}
