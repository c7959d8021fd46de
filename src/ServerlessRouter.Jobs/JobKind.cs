namespace ServerlessRouter.Jobs;

/// <summary>What a job came from.</summary>
public enum JobKind
{
    /// <summary>A file of requests, answered by files.</summary>
    Batch,

    /// <summary>One request whose caller does not wait.</summary>
    Request,
}
