namespace ServerlessRouter.Testing.Upstreams;

/// <summary>How an answer of a <see cref="FakeUpstream"/> ended.</summary>
public enum AnswerEnd
{
    /// <summary>Every byte of the script was handed to the socket.</summary>
    Completed,

    /// <summary>The script cut it.</summary>
    Cut,

    /// <summary>The client closed the connection first.</summary>
    ClientGone,

    /// <summary>The upstream was disposed while it was answering.</summary>
    UpstreamStopped,
}
