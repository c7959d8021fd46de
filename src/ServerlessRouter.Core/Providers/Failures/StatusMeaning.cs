using ServerlessRouter.Errors;

namespace ServerlessRouter.Providers.Failures;

/// <summary>What an error's status means where its words say nothing: a 4xx is the caller's fault only where it is known to be.</summary>
internal static class StatusMeaning
{
    /// <summary>The kind, and what happened in the router's words.</summary>
    /// <param name="status">Any number may come, also one that is no HTTP status.</param>
    /// <param name="isPage">The body is a page: not the vendor's API answered, but what stands in front of it.</param>
    public static (FailureKind Kind, string Detail) Of(int status, bool isPage) => status switch
    {
        400 or 422 => (FailureKind.RequestRejected, $"The provider refused the request with {status}."),
        401 => (FailureKind.CredentialRefused, "The provider refused the router's credential."),
        402 => (FailureKind.QuotaExhausted, "The provider's quota or credit is used up."),
        // Firewalls look at what is sent: were it held against the credential, one caller's prompt could take the deployment out for all.
        403 when isPage => (FailureKind.ServerError, "A page answered 403 in place of the provider: a firewall in front of it did not let the request pass."),
        403 => (FailureKind.CredentialRefused, "The router's credential may not use the deployment."),
        404 => (FailureKind.DeploymentNotFound, "The provider does not know the deployment."),
        405 => (FailureKind.DeploymentNotFound, "The provider answered 405: its endpoint is no address of chat completions."),
        407 => (FailureKind.CredentialRefused, "A proxy before the provider demands a credential."),
        410 => (FailureKind.DeploymentNotFound, "The provider answered 410: it no longer serves the deployment."),
        413 => (FailureKind.NotExpressible, "The request is larger than the provider takes."),
        420 or 429 => (FailureKind.RateLimited, "The provider's rate limit is reached."),
        529 => (FailureKind.Overloaded, "The provider is overloaded."),
        >= 300 and < 400 => (FailureKind.DeploymentNotFound, $"The provider answered {status}, a redirect; its endpoint is configured wrongly."),
        >= 400 and < 500 => (FailureKind.ServerError, $"The provider answered {status}, which says nothing against the request."),
        >= 500 and < 600 => (FailureKind.ServerError, $"The provider answered {status}."),
        _ => (FailureKind.ServerError, $"The provider answered {status}, which is no final status of HTTP."),
    };

    /// <summary>
    /// What a 400 means behind which another provider's error is passed on in words that are not known: it may be a refusal, so the caller is told if no other deployment can take
    /// the request, but is not known to be the request's fault, so others are asked.
    /// </summary>
    public static (FailureKind Kind, string Detail) OfPassedOn(VendorError error) => error.PassedOnStatus switch
    {
        429 => (FailureKind.RateLimited, "The rate limit of a provider behind this one is reached."),
        401 or 402 or 403 or >= 500 => (FailureKind.ServerError, $"A provider behind this one answered {error.PassedOnStatus}."),
        null when !error.Texts.Any(static text => text.Contains(' ', StringComparison.Ordinal) && !text.Equals(VendorErrorReader.PassedOn, StringComparison.OrdinalIgnoreCase)) =>
            (FailureKind.ServerError, "A provider behind this one failed without a reason."),
        _ => (FailureKind.NotExpressible, "A provider behind this one refused the request; others may take it."),
    };
}
