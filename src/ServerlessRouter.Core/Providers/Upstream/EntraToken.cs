using ServerlessRouter.Errors;

namespace ServerlessRouter.Providers.Upstream;

/// <summary>A token ready to be sent, or why there is none: one of the two is set.</summary>
internal sealed record EntraToken(string? Authorization, AttemptFailure? Failure)
{
    public DateTimeOffset RefreshAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }
}
