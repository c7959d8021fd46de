namespace ServerlessRouter.Chat;

/// <summary>A request as it came in, where its schema is not chat completions: a vendor of the same schema gets it as it is.</summary>
/// <param name="Schema">What it is written in.</param>
/// <param name="Body">The caller's bytes, one JSON object; must not be kept beyond the request.</param>
public sealed record DoorRequest(WireSchema Schema, ReadOnlyMemory<byte> Body);
