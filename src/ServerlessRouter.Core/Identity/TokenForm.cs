using System.Buffers;

namespace ServerlessRouter.Identity;

/// <summary>Tells a token from a key by its form: three parts in base64url, the first of them a JSON object. Of an unsigned one the third part is empty.</summary>
internal static class TokenForm
{
    private const int Parts = 3;

    /// <summary>How the text <c>{"</c> begins in base64url.</summary>
    private const string BeginOfObject = "eyJ";

    private static readonly SearchValues<char> Letters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    public static bool Matches(ReadOnlySpan<char> secret) =>
        secret.StartsWith(BeginOfObject, StringComparison.Ordinal) && secret.Count('.') == Parts - 1 && !secret.Contains("..", StringComparison.Ordinal) && !secret.ContainsAnyExcept(Letters);
}
