namespace ServerlessRouter.Dispatch;

/// <summary>What can end a stream that is waited for.</summary>
internal enum StreamLimit
{
    /// <summary>Silence before any content: <c>firstTokenSeconds</c>.</summary>
    FirstToken,

    /// <summary>Signs of life and no content yet, while another could be asked: <c>attemptSeconds</c>.</summary>
    Attempt,

    /// <summary>No content before the request's time was over: <c>deadlineSeconds</c>.</summary>
    Deadline,

    /// <summary>Silence behind content: <c>stallSeconds</c>.</summary>
    Stall,

    /// <summary>Signs of life behind content and no more of it: <c>idleSeconds</c>.</summary>
    Idle,

    /// <summary>No end: <c>streamSeconds</c>.</summary>
    Total,

    /// <summary>Nothing more behind the finish reason, where a chunk of usage may follow.</summary>
    Usage,
}
