namespace ServerlessRouter.State;

/// <summary>How a conditional write ended.</summary>
public enum TableOutcome
{
    /// <summary>The write is done, and as durable as the store promises.</summary>
    Done,

    /// <summary>An insert found the row there already (HTTP 409 of the service).</summary>
    AlreadyExists,

    /// <summary>An update or a delete found no row (HTTP 404).</summary>
    NotFound,

    /// <summary>The row carries another ETag than the condition: another wrote it (HTTP 412).</summary>
    ETagMismatch,
}
