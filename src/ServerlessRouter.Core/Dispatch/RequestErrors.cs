using ServerlessRouter.Errors;

namespace ServerlessRouter.Dispatch;

/// <summary>The errors a request can end with after its attempts, in words that help the caller.</summary>
internal static class RequestErrors
{
    /// <summary>The error of a request that nothing answered.</summary>
    /// <param name="step">The decision to give up.</param>
    /// <param name="blamed">The failure that decided, if one did.</param>
    /// <param name="attempts">How many attempts were made.</param>
    public static RouterError Of(in DispatchStep step, AttemptFailure? blamed, int attempts)
    {
        var message = step.Error switch
        {
            RouterErrorCode.NoEndpoints => "The plan holds no model that could be called.",
            RouterErrorCode.CapacityExhausted => $"Every deployment that may answer is at its rate limit or has no room; {Tried(attempts)}. Try again after the time in Retry-After.",
            RouterErrorCode.TemporarilyUnavailable => $"No deployment that may answer is in order right now; {Tried(attempts)}. Try again later.",
            RouterErrorCode.Timeout => $"{(blamed?.Traits.ClientCode == step.Error ? blamed.Detail : "No answer came inside the deadline (deadlineSeconds).")} {Sentence(Tried(attempts))} Shorten the answer, stream it, or raise the route's limits.",
            _ => blamed is null ? "The request could not be answered." : $"{blamed.Detail} ({Tried(attempts)})",
        };
        var isBlamed = blamed?.Traits.ClientCode == step.Error;
        return new RouterError(step.Error, message)
        {
            Param = isBlamed ? blamed!.Param : null,
            RetryAfter = step.RetryAfter,
            ShouldRetry = step.ShouldRetry,
            Refusal = isBlamed ? blamed!.Refusal : null,
        };
    }

    /// <summary>The error of a stream that broke after the caller had content.</summary>
    public static RouterError AfterCommit(AttemptFailure failure) => new(failure.Traits.ClientCode, failure.Detail) { ShouldRetry = false };

    private static string Sentence(string words) => $"{char.ToUpperInvariant(words[0])}{words[1..]}.";

    private static string Tried(int attempts) => attempts == 1 ? "1 attempt was made" : $"{attempts} attempts were made";
}
