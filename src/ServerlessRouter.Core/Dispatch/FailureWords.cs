using Microsoft.Extensions.Logging;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Dispatch;

/// <summary>What the log says of a failed attempt, in words an operator searches for; nothing of a vendor's or a caller's text.</summary>
internal static class FailureWords
{
    private const int ProxyAuthenticationRequired = 407;

    /// <summary>A warning where the owner may have to do something; what mends itself, is the caller's, or is no failure of a vendor is information.</summary>
    public static LogLevel LevelOf(FailureKind kind) => kind switch
    {
        FailureKind.ConnectFailed or FailureKind.ServerError or FailureKind.Overloaded or FailureKind.CutBeforeCommit or FailureKind.CutAfterCommit
            or FailureKind.QuotaExhausted or FailureKind.CredentialRefused or FailureKind.DeploymentNotFound or FailureKind.FirstTokenTimeout
            or FailureKind.Stalled or FailureKind.StalledAfterCommit => LogLevel.Warning,
        FailureKind.RateLimited or FailureKind.DeadlinePassed or FailureKind.SideCallTimeout or FailureKind.ContextLengthExceeded or FailureKind.ContentFiltered
            or FailureKind.RequestRejected or FailureKind.NotExpressible or FailureKind.AnswerTooLarge or FailureKind.CheckFailed or FailureKind.Outraced or FailureKind.NoDeployment
            or FailureKind.NoRoom or FailureKind.ClientLeft => LogLevel.Information,
    };

    /// <summary>Scheme, host and path: what else an address holds may be a secret. Null for a call that has none.</summary>
    public static string? AddressOf(AttemptContext attempt) => attempt.Address is { } address ? $"{address.Scheme}://{address.Authority}{address.AbsolutePath}" : null;

    /// <summary>For example <c>401, the router's credential env:OPENAI_API_KEY was refused</c>.</summary>
    public static string CauseOf(AttemptContext attempt, FailureKind kind)
    {
        var failure = attempt.Failure;
        var cause = kind switch
        {
            FailureKind.CheckFailed => "a check did not accept its answer",
            // The proxy's own is another than the provider's.
            FailureKind.CredentialRefused when failure is { UpstreamStatus: not (null or ProxyAuthenticationRequired) } => RefusedCredential(attempt.Deployment!.Provider.Credential),
            _ => failure is { Detail: [var first, .. var rest] } ? char.ToLowerInvariant(first) + rest.TrimEnd('.') : kind.ToString(),
        };
        return failure?.UpstreamStatus is { } status ? $"{status}, {cause}" : cause;
    }

    private static string RefusedCredential(Credential credential) => credential switch
    {
        Credential.ApiKey { Reference: { Length: > 0 } reference } => $"the router's credential {reference} was refused",
        Credential.Entra => "the token of the host's Entra identity was refused",
        Credential.None => "no credential is configured, and the provider demands one",
        _ => "the router's credential was refused",
    };
}
