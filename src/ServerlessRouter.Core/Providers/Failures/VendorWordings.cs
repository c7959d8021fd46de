using ServerlessRouter.Chat;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Providers.Failures;

/// <summary>Every wording the router knows, in the order in which they are looked for: what sounds like something else stands before it.</summary>
/// <remarks>Checked against <c>docs/failures.md</c>; each has an example among the tests' vendor errors.</remarks>
internal static class VendorWordings
{
    private const int NoStatus = 0;

    public static readonly VendorWording[] All =
    [
        .. CallerWordings.All, .. FilterWordings.All, .. CreditWordings.All, .. UnfitWordings.All, .. LengthWordings.All, .. LimitWordings.All, .. CredentialWordings.All,
        .. GoneWordings.All, .. CapacityWordings.All, .. ServerWordings.All,
    ];

    /// <summary>The first wording that counts for an error; null when none does.</summary>
    /// <param name="status">The HTTP status; 0 inside a 200.</param>
    /// <param name="error">What the vendor wrote.</param>
    /// <param name="asked">
    /// The request, where it is known: words for people that it holds itself are perhaps only repeated, so they do not take a deployment out. Else a caller could, for all others.
    /// </param>
    public static VendorWording? Find(int status, VendorError error, ChatRequest? asked)
    {
        foreach (var wording in All)
        {
            if (Counts(wording, status) && wording.IsSaidBy(error) && !(MayBeRepeated(wording) && asked is not null && RequestWords.Hold(asked, wording)))
                return wording;
        }

        return null;
    }

    /// <summary>Whether a wording can mean at this status what it means at others.</summary>
    private static bool Counts(VendorWording wording, int status) => wording.Means switch
    {
        FailureKind.RequestRejected => status is NoStatus or 400 or 404 or 413 or 415 or 416 or 422,
        FailureKind.ContentFiltered => status != 429 && (wording.Place != WordingPlace.Text || status < 500),
        FailureKind.QuotaExhausted => true,
        FailureKind.NotExpressible => status is NoStatus or (>= 400 and < 500 and not (401 or 402)) or 500,
        FailureKind.ContextLengthExceeded => status is not (401 or 402 or 429),
        FailureKind.CredentialRefused => status is not (402 or 404 or 429),
        FailureKind.DeploymentNotFound => status is NoStatus or (>= 400 and < 500 and not (402 or 408 or 409 or 425 or 429)),
        // A 403 that speaks of rates is a limit at GitHub and behind firewalls.
        FailureKind.RateLimited when wording.Place == WordingPlace.Text => status is not (400 or 401 or 402 or 404 or 422 or 429),
        FailureKind.Overloaded when wording.Place == WordingPlace.Text => status is not (400 or 401 or 402 or 403 or 404 or 422 or 429),
        FailureKind.RateLimited or FailureKind.Overloaded => status is not (401 or 402 or 429),
        FailureKind.ServerError => status is NoStatus or 400 or 404 or 422,
        _ => false,
    };

    private static bool MayBeRepeated(VendorWording wording) =>
        wording.Place == WordingPlace.Text && FailureTraits.Of(wording.Means).Breaker is BreakerRule.OpensLong or BreakerRule.OpensForRetryAfter or BreakerRule.Counts;
}
