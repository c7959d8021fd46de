namespace ServerlessRouter.Caching;

/// <summary>The headers by which callers say what the cache of answers shall do.</summary>
internal static class CacheHeaders
{
    /// <summary><c>true</c> asks for the cache, <c>false</c> passes it by; OpenRouter's.</summary>
    public const string Use = "X-OpenRouter-Cache";

    /// <summary>Seconds for which the answer is given again; OpenRouter's.</summary>
    public const string TimeToLive = "X-OpenRouter-Cache-TTL";

    /// <summary><c>true</c> forgets the kept answer first; OpenRouter's.</summary>
    public const string Clear = "X-OpenRouter-Cache-Clear";

    /// <summary><c>no-store</c>, <c>no-cache</c> and <c>max-age</c>, as in RFC 9111.</summary>
    public const string Control = "Cache-Control";
}
