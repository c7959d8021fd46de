using System.Diagnostics.CodeAnalysis;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Chat;

/// <summary>
/// Scans <paramref name="length"/> bytes of <paramref name="pooled"/>, an array of the shared pool, as one kind of request. On success the request owns the array; on failure it
/// stays the caller's and <paramref name="error"/> says what is wrong. A model that the API has in its path wins over the body's.
/// </summary>
public delegate bool RequestScanner(
    byte[] pooled, int length, string? modelInPath, [NotNullWhen(true)] out ChatRequest? request, [NotNullWhen(false)] out RouterError? error);
