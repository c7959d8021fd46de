using System.Net;

namespace ServerlessRouter.FunctionalTests.Running;

/// <summary>A body that goes out in chunks because its length is not said beforehand.</summary>
internal sealed class UnannouncedContent(byte[] body) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => stream.WriteAsync(body).AsTask();

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
