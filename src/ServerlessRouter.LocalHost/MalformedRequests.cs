using System.Buffers;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace ServerlessRouter.LocalHost;

/// <summary>Says what is wrong with a request that the server refuses before any endpoint sees it: a header with a byte that no header may have, a length that is no number. By itself the server sends an empty 400.</summary>
internal sealed class MalformedRequests : DiagnosticSource
{
    /// <summary>What the server calls the event; its payload is the request's features.</summary>
    private const string BadRequest = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    /// <summary>What the server says of a header's value with a bad byte.</summary>
    private const string BadValue = "Malformed request: invalid headers.";

    /// <summary>What the server's words begin with where a header is no header.</summary>
    private const string BadLine = "Invalid request header";

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public override bool IsEnabled(string name) => name == BadRequest;

    [RequiresUnreferencedCode("Of the base class; nothing is found by reflection here.")]
    public override void Write(string name, object? value)
    {
        // An endpoint that was reading the body answers for itself. The frames of HTTP/2 are the server's own, also those by which it tells a client that begins with them to use HTTP/1.1.
        if (value is IFeatureCollection features
            && features.Get<IEndpointFeature>()?.Endpoint is null
            && features.Get<IHttpRequestFeature>() is { } request && !HttpMethods.IsHead(request.Method) && !HttpProtocol.IsHttp2(request.Protocol)
            && features.Get<IBadRequestExceptionFeature>()?.Error is BadHttpRequestException { StatusCode: not StatusCodes.Status505HttpVersionNotsupported } refused
            && features.Get<IHttpResponseFeature>() is { HasStarted: false } response
            && features.Get<IHttpResponseBodyFeature>() is { } answer
            && features.Get<IConnectionTransportFeature>() is { } connection)
        {
            Answer(response, answer, connection.Transport.Output, refused);
        }
    }

    private static void Answer(IHttpResponseFeature response, IHttpResponseBodyFeature answer, PipeWriter output, BadHttpRequestException refused)
    {
        var body = BodyOf(refused);
        response.StatusCode = refused.StatusCode;
        response.Headers.ContentType = "application/json";
        response.Headers.ContentLength = body.Length;
        response.Headers.Connection = "close";
        // The head goes into the connection's output, which holds much more and is empty: nothing waits. There is no body to write to before there is a request, so it follows there.
        if (!answer.StartAsync().IsCompletedSuccessfully)
            return;
        output.Write(body.Span);
        _ = output.FlushAsync().AsTask();
    }

    private static ReadOnlyMemory<byte> BodyOf(BadHttpRequestException refused)
    {
        var body = new ArrayBufferWriter<byte>(512);
        using var writer = new Utf8JsonWriter(body, Relaxed);
        writer.WriteStartObject();
        writer.WriteStartObject("error"u8);
        writer.WriteString("message"u8, $"The HTTP request cannot be read. {Reason(refused.Message)}");
        writer.WriteString("type"u8, "invalid_request_error"u8);
        writer.WriteNull("param"u8);
        writer.WriteString("code"u8, "invalid_request"u8);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
        return body.WrittenMemory;
    }

    /// <summary>The server's words, without the bad text itself, which it quotes where its log is verbose: that may hold a key.</summary>
    private static string Reason(string message)
    {
        if (message == BadValue)
            return "A header holds a byte that none may: a NUL, or one that is not UTF-8. Look at the key, and at headers of your own.";
        if (message.StartsWith(BadLine, StringComparison.Ordinal))
            return "A line of its head is not 'Name: value'. Does a key or a header of your own hold a line end or white space?";
        var quoted = message.IndexOf(": ", StringComparison.Ordinal);
        return quoted < 0 ? message : message[..quoted] + ".";
    }
}
