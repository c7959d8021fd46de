namespace ServerlessRouter.Testing.Upstreams;

/// <summary>Bytes of a body that are sent together.</summary>
internal sealed record Segment(FrameKind Kind, byte[] Bytes, bool ReportsUsage = false);
