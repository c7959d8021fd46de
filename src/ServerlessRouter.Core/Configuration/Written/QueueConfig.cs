namespace ServerlessRouter.Configuration.Written;

/// <summary>As whom the messages of a queue may run requests, as written.</summary>
public sealed record QueueConfig
{
    [Member("Names of keys as which messages of the queue may run requests.")]
    public IReadOnlyList<string?>? Keys { get; init; }

    [Member("Names of tiers; messages of the queue may run requests as any key of these.")]
    public IReadOnlyList<string?>? Tiers { get; init; }
}
