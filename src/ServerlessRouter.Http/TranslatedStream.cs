using System.Buffers;
using ServerlessRouter.Doors;

namespace ServerlessRouter.Http;

/// <summary>A stream of chunks on its way through another door: what a batch says there, in a buffer that the next batch takes again.</summary>
internal sealed class TranslatedStream(DoorStream stream) : IDisposable
{
    private readonly ArrayBufferWriter<byte> _events = new(1024);

    /// <summary>Valid until the next call.</summary>
    public ReadOnlyMemory<byte> Take(ReadOnlyMemory<byte> batch)
    {
        _events.ResetWrittenCount();
        stream.Take(batch, _events);
        return _events.WrittenMemory;
    }

    /// <summary>What ends the stream there.</summary>
    public ReadOnlyMemory<byte> End()
    {
        _events.ResetWrittenCount();
        stream.End(_events);
        return _events.WrittenMemory;
    }

    public void Dispose() => stream.Dispose();
}
