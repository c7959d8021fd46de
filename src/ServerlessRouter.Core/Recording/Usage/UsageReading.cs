using ServerlessRouter.Errors;

namespace ServerlessRouter.Recording.Usage;

/// <summary>A page of usage, or why there is none just now.</summary>
public readonly record struct UsageReading
{
    private UsageReading(UsagePage? page, RouterError? error) => (Page, Error) = (page, error);

    /// <summary>Null exactly when there is an error.</summary>
    public UsagePage? Page { get; }

    /// <summary>What to tell; another try can help.</summary>
    public RouterError? Error { get; }

    internal static UsageReading Of(IReadOnlyList<UsageSum> sums, UsageCursor? next) => new(new UsagePage(sums, next), null);

    internal static UsageReading Refused(string message, TimeSpan retryAfter) => new(null, new RouterError(RouterErrorCode.TemporarilyUnavailable, message) { RetryAfter = retryAfter });
}
