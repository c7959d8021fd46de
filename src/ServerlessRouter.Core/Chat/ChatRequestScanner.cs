using System.Diagnostics.CodeAnalysis;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Chat;

/// <summary>Reads a chat request's body in one forward pass.</summary>
public static class ChatRequestScanner
{
    /// <summary>
    /// Scans <paramref name="length"/> bytes of <paramref name="pooled"/>, an array of the shared pool. On success the request owns the array; on failure it stays the
    /// caller's and <paramref name="error"/> says what is wrong.
    /// </summary>
    public static bool TryScan(byte[] pooled, int length, [NotNullWhen(true)] out ChatRequest? request, [NotNullWhen(false)] out RouterError? error)
    {
        request = null;
        error = RouterError.InvalidRequest("The body is not a JSON object.");
        return false;
    }
}
