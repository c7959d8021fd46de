namespace ServerlessRouter.Testing.Upstreams;

/// <summary>How an answer is cut.</summary>
public enum CutManner
{
    /// <summary>The body ends properly, as if it were whole: to HTTP nothing is wrong.</summary>
    CleanEnd,

    /// <summary>The connection is closed inside the body (FIN).</summary>
    Close,

    /// <summary>The connection is reset (RST).</summary>
    Reset,
}
