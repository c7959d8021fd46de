namespace ServerlessRouter.Recording.Records;

/// <summary>What is remembered of one request: who asked, what was decided and called, what it cost; never what was said.</summary>
/// <param name="Id">The request's name.</param>
/// <param name="Key">Name of the caller's key; null without one.</param>
/// <param name="ReceivedAt">When it came.</param>
/// <param name="Json">The document.</param>
public sealed record RequestRecord(string Id, string? Key, DateTimeOffset ReceivedAt, string Json);
