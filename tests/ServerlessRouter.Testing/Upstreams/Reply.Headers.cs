using System.Globalization;

namespace ServerlessRouter.Testing.Upstreams;

public sealed partial record Reply
{
    public Reply RetryAfter(int seconds) => Header("Retry-After", Invariant(seconds));

    public Reply RetryAfter(DateTimeOffset when) => Header("Retry-After", when.ToString("R", CultureInfo.InvariantCulture));

    public Reply RetryAfterMilliseconds(int milliseconds) => Header("retry-after-ms", Invariant(milliseconds));

    /// <summary>Requests left, and when the count starts anew: OpenAI says <c>6m0s</c>, Azure <c>17</c>.</summary>
    public Reply RemainingRequests(int remaining, string? reset = null) => Remaining("requests", remaining, reset);

    /// <summary>Tokens left, and when the count starts anew: OpenAI says <c>6m0s</c>, Azure <c>17</c>.</summary>
    public Reply RemainingTokens(int remaining, string? reset = null) => Remaining("tokens", remaining, reset);

    private static string Invariant(int value) => value.ToString(CultureInfo.InvariantCulture);

    private Reply Remaining(string what, int remaining, string? reset)
    {
        var reply = Header($"x-ratelimit-remaining-{what}", Invariant(remaining));
        return reset is null ? reply : reply.Header($"x-ratelimit-reset-{what}", reset);
    }
}
