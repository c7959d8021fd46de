namespace ServerlessRouter.Jobs.Queue;

/// <summary>One request that stands in a message.</summary>
/// <param name="CustomId">The sender's name for it.</param>
/// <param name="Body">A JSON object.</param>
internal sealed record QueueRequest(string CustomId, string Body);
