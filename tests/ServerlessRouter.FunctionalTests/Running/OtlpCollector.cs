using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace ServerlessRouter.FunctionalTests.Running;

/// <summary>A collector as exporters see it: takes what comes by OTLP, over gRPC or as protobuf over HTTP, and keeps the bytes.</summary>
internal sealed class OtlpCollector : IAsyncDisposable
{
    /// <summary>What stands before a message of gRPC: whether it is compressed, and its length.</summary>
    private const int GrpcPrefix = 5;

    private readonly WebApplication _server;
    private readonly ConcurrentQueue<(string Path, string Headers, byte[] Message)> _received = new();

    private OtlpCollector(WebApplication server) => _server = server;

    public string Address => _server.Urls.First();

    /// <summary>Everything that came: paths, headers and messages.</summary>
    public IReadOnlyList<(string Path, string Headers, byte[] Message)> Received => [.. _received];

    /// <summary>The spans that came.</summary>
    public IReadOnlyList<OtlpSpan> Spans => [.. _received.Where(static call => call.Path.Contains("trace", StringComparison.OrdinalIgnoreCase)).SelectMany(static call => OtlpSpan.Read(call.Message))];

    public static async Task<OtlpCollector> StartAsync(bool isGrpc)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = isGrpc ? HttpProtocols.Http2 : HttpProtocols.Http1));
        var server = builder.Build();
        var collector = new OtlpCollector(server);
        server.Run(collector.TakeAsync);
        await server.StartAsync();
        return collector;
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    private async Task TakeAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        var isGrpc = http.Request.ContentType == "application/grpc";
        _received.Enqueue((http.Request.Path, string.Join('\n', http.Request.Headers), isGrpc ? body.ToArray()[GrpcPrefix..] : body.ToArray()));
        http.Response.ContentType = isGrpc ? "application/grpc" : "application/x-protobuf";
        if (!isGrpc)
            return;
        await http.Response.Body.WriteAsync(new byte[GrpcPrefix], http.RequestAborted);
        http.Response.AppendTrailer("grpc-status", "0");
    }
}
