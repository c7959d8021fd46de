using System.Net.Http.Headers;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Providers.Failures;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>Reads <c>anthropic-ratelimit-*</c>, whose resets are points in time.</summary>
internal static class AnthropicQuota
{
    public static RemainingQuota? Read(HttpResponseHeaders headers, DateTimeOffset now)
    {
        var requests = RateLimitHeaders.Count(headers, "anthropic-ratelimit-requests-remaining");
        var tokens = RateLimitHeaders.Count(headers, "anthropic-ratelimit-tokens-remaining");
        return requests is null && tokens is null
            ? null
            : new RemainingQuota(requests, tokens, Until(headers, "anthropic-ratelimit-requests-reset", now), Until(headers, "anthropic-ratelimit-tokens-reset", now));
    }

    private static TimeSpan? Until(HttpResponseHeaders headers, string name, DateTimeOffset now) =>
        RateLimitHeaders.TimeOf(RateLimitHeaders.Text(headers, name)) is { } when ? VendorDuration.Between(now, when) : null;
}
