namespace ServerlessRouter.Errors;

/// <summary>A vendor's 4xx that the caller gets as it is: the status and, in OpenAI's schema, the body (bounded; never logged).</summary>
public sealed record UpstreamRefusal(int Status, ReadOnlyMemory<byte> Body);
