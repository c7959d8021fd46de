using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ServerlessRouter.Tools.MeasureTelemetry;

/// <summary>Takes what routers send by OTLP, over HTTP and over gRPC, and counts the spans.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private const int GrpcHead = 5;

    private WebApplication _server = null!;
    private long _spans;
    private long _bytes;

    private Collector(int port) => (HttpAddress, GrpcAddress) = (new Uri($"http://127.0.0.1:{port}"), new Uri($"http://127.0.0.1:{port + 1}"));

    public Uri HttpAddress { get; }

    public Uri GrpcAddress { get; }

    /// <summary>Spans so far.</summary>
    public long Spans => Interlocked.Read(ref _spans);

    /// <summary>Bytes of spans so far.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    public static async Task<Collector> StartAsync(int port)
    {
        var collector = new Collector(port);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ListenLocalhost(collector.HttpAddress.Port);
            kestrel.ListenLocalhost(collector.GrpcAddress.Port, static listen => listen.Protocols = HttpProtocols.Http2);
        });
        collector._server = builder.Build();
        collector._server.Run(collector.TakeAsync);
        await collector._server.StartAsync();
        return collector;
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    private async Task TakeAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        var isGrpc = http.Request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal) is true;
        if (http.Request.Path.Value!.Contains("trace", StringComparison.OrdinalIgnoreCase))
        {
            Interlocked.Add(ref _spans, CountSpans(body.GetBuffer().AsSpan(isGrpc ? GrpcHead : 0, (int)body.Length - (isGrpc ? GrpcHead : 0)), depth: 0));
            Interlocked.Add(ref _bytes, body.Length);
        }

        http.Response.ContentType = isGrpc ? "application/grpc" : "application/x-protobuf";
        if (!isGrpc)
            return;
        await http.Response.Body.WriteAsync(new byte[GrpcHead]);
        http.Response.AppendTrailer("grpc-status", "0");
    }

    /// <summary>Spans are the second field of what is the second field of what is the first.</summary>
    private static int CountSpans(ReadOnlySpan<byte> message, int depth)
    {
        var count = 0;
        var wanted = depth == 0 ? 1 : 2;
        while (!message.IsEmpty)
        {
            var tag = ReadNumber(ref message);
            // Other messages and texts have a length, too; there are no other kinds on the way to a span.
            var length = (int)ReadNumber(ref message);
            if ((int)(tag >> 3) == wanted)
                count += depth == 2 ? 1 : CountSpans(message[..length], depth + 1);
            message = message[length..];
        }

        return count;
    }

    private static long ReadNumber(ref ReadOnlySpan<byte> message)
    {
        long number = 0;
        for (var place = 0; ; place++)
        {
            number |= (long)(message[place] & 0x7F) << (7 * place);
            if (message[place] >= 0x80)
                continue;
            message = message[(place + 1)..];
            return number;
        }
    }
}
