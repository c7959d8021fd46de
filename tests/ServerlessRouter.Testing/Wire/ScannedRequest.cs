using System.Buffers;
using System.Text;
using ServerlessRouter.Chat;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Testing.Wire;

/// <summary>Scans a body as the router does.</summary>
public static class ScannedRequest
{
    /// <summary>The request, or an exception with the scanner's error.</summary>
    public static ChatRequest Of(ReadOnlySpan<byte> body) =>
        Scan(body, out var request, out var error) ? request! : throw new InvalidOperationException(error!.Message);

    public static ChatRequest Of(string body) => Of(Encoding.UTF8.GetBytes(body));

    /// <summary>The scanner's complaint about a body that it must refuse.</summary>
    public static RouterError ErrorOf(ReadOnlySpan<byte> body) =>
        Scan(body, out _, out var error) ? throw new InvalidOperationException("the scanner accepted the body") : error!;

    public static RouterError ErrorOf(string body) => ErrorOf(Encoding.UTF8.GetBytes(body));

    /// <summary>The scanner's complaint, or null and the request.</summary>
    public static RouterError? Try(ReadOnlySpan<byte> body, out ChatRequest? request)
    {
        Scan(body, out request, out var error);
        return error;
    }

    /// <summary>A request for embeddings, or an exception with the scanner's error.</summary>
    public static ChatRequest OfEmbeddings(string body) =>
        TryEmbeddings(Encoding.UTF8.GetBytes(body), out var request) is { } error ? throw new InvalidOperationException(error.Message) : request!;

    /// <summary>The scanner's complaint about a request for embeddings, or null and the request.</summary>
    public static RouterError? TryEmbeddings(ReadOnlySpan<byte> body, out ChatRequest? request)
    {
        Scan(body, out request, out var error, EmbeddingsRequestScanner.TryScan);
        return error;
    }

    private static bool Scan(ReadOnlySpan<byte> body, out ChatRequest? request, out RouterError? error, RequestScanner? scan = null)
    {
        var pooled = ArrayPool<byte>.Shared.Rent(body.Length);
        body.CopyTo(pooled);
        return (scan ?? ChatRequestScanner.TryScan)(pooled, body.Length, modelInPath: null, out request, out error);
    }
}
