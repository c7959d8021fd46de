namespace ServerlessRouter.Testing.Upstreams;

/// <summary>One line in the upstream's books: what was answered, and what the vendor would bill for it.</summary>
public sealed record UpstreamAnswer
{
    /// <summary>The number of the request, from 1.</summary>
    public required int Request { get; init; }

    /// <summary>The HTTP status; null when it ended before the headers were out.</summary>
    public required int? Status { get; init; }

    public required AnswerEnd End { get; init; }

    /// <summary>Pieces of content that went out.</summary>
    public required int ChunksSent { get; init; }

    /// <summary>All of the usage when completed; of an answer that ended early, the prompt and the share of the completion that went out.</summary>
    public required UpstreamUsage Billed { get; init; }

    public required decimal CostUsd { get; init; }

    /// <summary>Whether a usage report went out, so that the client can know what it is billed.</summary>
    public required bool ReportedUsage { get; init; }
}
