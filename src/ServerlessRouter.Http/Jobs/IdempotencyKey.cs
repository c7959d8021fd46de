using Microsoft.AspNetCore.Http;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Http.Jobs;

/// <summary>The caller's own name for a submission, in the header <c>Idempotency-Key</c>.</summary>
internal static class IdempotencyKey
{
    public const string Header = "Idempotency-Key";
    private const int Longest = 255;

    public static RouterError? Read(HttpRequest request, out string? key)
    {
        key = request.Headers[Header] is [{ Length: > 0 } written] ? written : null;
        return key is { Length: > Longest } ? RouterError.InvalidRequest($"The header {Header} is longer than {Longest} characters.", "idempotency-key") : null;
    }
}
