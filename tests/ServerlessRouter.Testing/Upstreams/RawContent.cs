namespace ServerlessRouter.Testing.Upstreams;

/// <summary>A body that is sent as it stands; without a media type it is what the request asked for, JSON or a stream.</summary>
internal sealed record RawContent(int Status, string? MediaType, byte[] Body) : ReplyContent;
