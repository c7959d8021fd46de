namespace ServerlessRouter.Http.Bodies;

/// <summary>What a body takes of the room of all; to be given back once, when the body is done with.</summary>
internal readonly record struct BodyLease(BodyMemoryQuota? Room, long Bytes) : IDisposable
{
    public void Dispose() => Room?.Release(Bytes);
}
