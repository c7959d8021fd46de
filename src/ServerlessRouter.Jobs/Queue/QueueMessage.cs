namespace ServerlessRouter.Jobs.Queue;

/// <summary>A message that asks for a batch, checked for its form; the schema stands in docs/queue.md.</summary>
internal sealed record QueueMessage
{
    /// <summary>The name of the key, never the key itself, as which the requests run.</summary>
    public string? Key { get; init; }

    public required string Endpoint { get; init; }

    /// <summary>For requests whose body names no model.</summary>
    public string? Model { get; init; }

    /// <summary>The requests, or none where <see cref="Input"/> says where they are.</summary>
    public IReadOnlyList<QueueRequest> Requests { get; init; } = [];

    /// <summary>The name of a blob with a batch's lines.</summary>
    public string? Input { get; init; }

    /// <summary>What the names of the blobs with the results begin with.</summary>
    public string? Output { get; init; }

    public string? Callback { get; init; }

    public string? IdempotencyKey { get; init; }

    public required string CompletionWindow { get; init; }

    /// <summary>A JSON object of texts.</summary>
    public string? Metadata { get; init; }
}

/// <summary>One request that stands in a message.</summary>
/// <param name="CustomId">The sender's name for it.</param>
/// <param name="Body">A JSON object.</param>
internal sealed record QueueRequest(string CustomId, string Body);
