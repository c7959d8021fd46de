namespace ServerlessRouter.Testing.Upstreams;

internal enum FrameKind
{
    Envelope,
    Content,
    End,
}
