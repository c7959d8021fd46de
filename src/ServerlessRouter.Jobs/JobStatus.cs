namespace ServerlessRouter.Jobs;

/// <summary>Where a job is; OpenAI's states of a batch.</summary>
public enum JobStatus
{
    /// <summary>The input is not read yet.</summary>
    Validating,

    /// <summary>The input was refused; nothing ran.</summary>
    Failed,

    InProgress,

    /// <summary>Every item has ended; results are being put together.</summary>
    Finalizing,

    Completed,

    /// <summary>The window passed; items that had not begun by then were not run.</summary>
    Expired,

    /// <summary>The caller wants it to end; running items end, others are not begun.</summary>
    Cancelling,

    Cancelled,
}
