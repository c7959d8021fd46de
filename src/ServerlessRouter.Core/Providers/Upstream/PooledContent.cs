using System.Net;
using ServerlessRouter.Json;

namespace ServerlessRouter.Providers.Upstream;

/// <summary>A body that was written into a pooled array; the array goes back when the request is disposed.</summary>
internal sealed class PooledContent : HttpContent
{
    private readonly PooledWriter _writer;

    public PooledContent(PooledWriter writer)
    {
        _writer = writer;
        Headers.TryAddWithoutValidation("Content-Type", "application/json");
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        stream.WriteAsync(_writer.Written, cancellationToken).AsTask();

    protected override bool TryComputeLength(out long length)
    {
        length = _writer.Length;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _writer.Dispose();
        base.Dispose(disposing);
    }
}
