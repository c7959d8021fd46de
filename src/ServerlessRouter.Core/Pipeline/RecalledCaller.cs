namespace ServerlessRouter.Pipeline;

/// <summary>A caller who showed its key earlier, when it left the request to be answered later.</summary>
/// <param name="Name">The key's name; null for a caller without a key.</param>
public sealed record RecalledCaller(string? Name);
