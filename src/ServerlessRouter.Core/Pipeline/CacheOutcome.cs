using ServerlessRouter.Domain;

namespace ServerlessRouter.Pipeline;

/// <summary>What the cache of answers did for a request that it was asked about.</summary>
/// <param name="Status">What it did.</param>
/// <param name="Reason">Why it was passed by, a word of <see cref="CacheBypasses"/>; null where it was not.</param>
/// <param name="Answer">The answer that is given again; null where a vendor is asked.</param>
public sealed record CacheOutcome(CacheStatus Status, string? Reason = null, ReplayedAnswer? Answer = null)
{
    public static readonly CacheOutcome Missed = new(CacheStatus.Miss);

    public static readonly CacheOutcome Refreshed = new(CacheStatus.Refresh);
}

/// <summary>What the cache of answers did for a request.</summary>
public enum CacheStatus
{
    /// <summary>It was neither asked nor told.</summary>
    Bypass,

    /// <summary>It had no answer.</summary>
    Miss,

    /// <summary>The caller wanted a new answer, which takes the place of the kept one.</summary>
    Refresh,

    /// <summary>A kept answer is given again.</summary>
    Hit,

    /// <summary>The answer of a request that was under way when this one came.</summary>
    Shared,
}

/// <summary>The names of <see cref="CacheStatus"/> in headers, records and metrics.</summary>
public static class CacheStatuses
{
    private static readonly string[] Names = [.. Enum.GetNames<CacheStatus>().Select(static name => name.ToLowerInvariant())];

    public static string ToWireName(this CacheStatus status) => Names[(int)status];
}

/// <summary>An answer that is given again.</summary>
/// <param name="Model">The model that gave it.</param>
/// <param name="Usage">What it used then.</param>
/// <param name="SavedUsd">What it cost then, in USD.</param>
/// <param name="Age">How old it is.</param>
public sealed record ReplayedAnswer(string Model, TokenUsage Usage, decimal SavedUsd, TimeSpan Age);

/// <summary>Why the cache was passed by, as callers are told.</summary>
public static class CacheBypasses
{
    /// <summary><c>Cache-Control: no-store</c>.</summary>
    public const string NoStore = "no-store";

    /// <summary><c>X-OpenRouter-Cache: false</c>.</summary>
    public const string Request = "request";

    /// <summary>The route has no cache, and the tier may not ask for one.</summary>
    public const string Tier = "tier";

    /// <summary>A member stands twice in an object, so vendors may read the request differently.</summary>
    public const string DuplicateMember = "duplicate-member";

    /// <summary>A text holds half of a surrogate pair, which is no character.</summary>
    public const string MalformedText = "malformed-text";

    /// <summary><c>store: true</c>: the vendor is to keep the answer.</summary>
    public const string Store = "store";

    /// <summary><c>previous_response_id</c> or <c>conversation</c>: the request is not whole.</summary>
    public const string PreviousResponse = "previous-response";

    /// <summary><c>background: true</c>.</summary>
    public const string Background = "background";

    /// <summary>A tool that the vendor runs, whose results change.</summary>
    public const string HostedTool = "hosted-tool";

    /// <summary><c>anthropic-beta</c>: the vendor's own features, which no translation carries.</summary>
    public const string AnthropicBeta = "anthropic-beta";
}
