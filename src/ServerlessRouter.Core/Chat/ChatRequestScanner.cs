using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;
using ServerlessRouter.Errors;
using ServerlessRouter.Json;

namespace ServerlessRouter.Chat;

/// <summary>Reads a chat request's body in one forward pass: finds what routing needs and refuses what no vendor could answer.</summary>
public static class ChatRequestScanner
{
    /// <summary>Deepest nesting read; tool schemas go deep, hostile bodies deeper.</summary>
    public const int MaxDepth = JsonTokenReader.MaxDepth;

    /// <summary>
    /// Scans <paramref name="length"/> bytes of <paramref name="pooled"/>, an array of the shared pool. On success the request owns the array; on failure it stays the
    /// caller's and <paramref name="error"/> says what is wrong.
    /// </summary>
    public static bool TryScan(byte[] pooled, int length, [NotNullWhen(true)] out ChatRequest? request, [NotNullWhen(false)] out RouterError? error) =>
        TryScan(pooled, length, modelInPath: null, out request, out error);

    /// <summary>Scans the body of an API that names the model in its path; that name wins over the body's.</summary>
    public static bool TryScan(
        byte[] pooled, int length, string? modelInPath, [NotNullWhen(true)] out ChatRequest? request, [NotNullWhen(false)] out RouterError? error) =>
        TryScan(pooled, length, modelInPath, static (request, reader, model) => new ChatRequestScan(request, reader).Run(model), out request, out error);

    /// <summary>Scans a body of whichever kind; what every kind has in common is refused here.</summary>
    internal static bool TryScan(
        byte[] pooled, int length, string? modelInPath, BodyScan scan, [NotNullWhen(true)] out ChatRequest? request, [NotNullWhen(false)] out RouterError? error)
    {
        // The reader checks only the strings it is asked to decode; the others go to the vendor as they are.
        if (!Utf8.IsValid(pooled.AsSpan(0, length)))
        {
            (request, error) = (null, RouterError.InvalidRequest("The body is not valid UTF-8."));
            return false;
        }

        request = new ChatRequest(pooled, length);
        try
        {
            error = scan(request, new JsonTokenReader(pooled.AsSpan(0, length), MaxDepth), modelInPath);
        }
        catch (JsonException)
        {
            error = RouterError.InvalidRequest($"The body is not valid JSON: {JsonFault.Explain(pooled.AsSpan(0, length), new JsonReaderOptions { MaxDepth = MaxDepth })}");
        }
        catch (InvalidOperationException)
        {
            // The reader's way to say that an escape in a string it was asked to decode is half of a pair.
            error = RouterError.InvalidRequest("The body holds a \\u escape that is no character.");
        }

        if (error is null)
            return true;
        request = null;
        return false;
    }
}

/// <summary>Fills a request from its body; answers with what is wrong, or null.</summary>
internal delegate RouterError? BodyScan(ChatRequest request, JsonTokenReader reader, string? modelInPath);
