using System.Globalization;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Caching;

/// <summary>What the cache may and shall do for one request: the route's terms, as the request's headers narrow them.</summary>
internal readonly record struct CacheTerms
{
    private const int MaxQuotedLength = 40;

    /// <summary>The terms of the route, or those where none are written.</summary>
    public required CacheModel Model { get; init; }

    /// <summary>For how long the answer is given again.</summary>
    public required TimeSpan Ttl { get; init; }

    /// <summary>Why the cache is passed by; null where it is not.</summary>
    public string? Bypass { get; init; }

    /// <summary>A kept answer is not given.</summary>
    public bool IsRefresh { get; init; }

    /// <summary>A kept answer is forgotten first.</summary>
    public bool Forgets { get; init; }

    /// <summary>An older answer is not given; null for any.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>The cache may have a part in the request, so that its headers are worth reading.</summary>
    public static bool MayApply(RequestContext context) => context.Route.Cache is not null || context.Headers.Get(CacheHeaders.Use) is not null;

    /// <summary>Null when the headers are in order; else what to tell the caller.</summary>
    public static RouterError? Read(RequestContext context, out CacheTerms terms)
    {
        var (headers, configured) = (context.Headers, context.Route.Cache);
        var model = configured ?? CacheModel.WhereAsked;
        terms = new CacheTerms { Model = model, Ttl = model.Ttl };
        if (ReadFlag(headers, CacheHeaders.Use, out var isAsked) is { } badUse)
            return badUse;
        if (isAsked == false)
            terms = terms with { Bypass = CacheBypasses.Request };
        else if (configured is null && !context.Tier.MayCache)
            terms = terms with { Bypass = CacheBypasses.Tier };
        if (ReadFlag(headers, CacheHeaders.Clear, out var clears) is { } badClear)
            return badClear;
        if (clears == true)
            terms = terms with { IsRefresh = true, Forgets = true };
        if (headers.Get(CacheHeaders.TimeToLive) is { } written)
        {
            if (!long.TryParse(written, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds == 0)
                return Bad(CacheHeaders.TimeToLive, written, "a whole number of seconds, 1 or more");
            terms = terms with { Ttl = TimeSpan.FromSeconds(Math.Min(seconds, (long)model.MaxTtl.TotalSeconds)) };
        }

        if (headers.Get(CacheHeaders.Control) is { } control)
            terms = terms.With(control);
        return null;
    }

    /// <summary>Whether a kept answer may be given.</summary>
    public bool Accepts(CachedAnswer answer, DateTimeOffset now) => answer.ExpiresAt > now && (MaxAge is not { } maxAge || answer.AgeAt(now) <= maxAge);

    /// <summary>Directives of no meaning here are left alone, as RFC 9111 wants it; an age that is no number accepts no kept answer.</summary>
    private CacheTerms With(string control)
    {
        var terms = this;
        foreach (var range in control.AsSpan().Split(','))
        {
            var directive = control.AsSpan(range).Trim();
            if (directive.Equals("no-store", StringComparison.OrdinalIgnoreCase))
                terms = terms with { Bypass = terms.Bypass ?? CacheBypasses.NoStore };
            else if (directive.Equals("no-cache", StringComparison.OrdinalIgnoreCase))
                terms = terms with { IsRefresh = true };
            else if (directive.StartsWith("max-age=", StringComparison.OrdinalIgnoreCase))
                terms = terms.WithMaxAge(directive["max-age=".Length..].Trim('"'));
        }

        return terms;
    }

    /// <summary>A number too large to be read is larger than any age.</summary>
    private CacheTerms WithMaxAge(ReadOnlySpan<char> written)
    {
        var isNumber = !written.IsEmpty && !written.ContainsAnyExceptInRange('0', '9');
        var seconds = int.TryParse(written, NumberStyles.None, CultureInfo.InvariantCulture, out var read) ? read : int.MaxValue;
        return isNumber && seconds > 0 ? this with { MaxAge = TimeSpan.FromSeconds(seconds) } : this with { IsRefresh = true };
    }

    private static RouterError? ReadFlag(IRequestHeaders headers, string name, out bool? flag)
    {
        flag = null;
        if (headers.Get(name) is not { } written)
            return null;
        if (!bool.TryParse(written, out var said))
            return Bad(name, written, "true or false");
        flag = said;
        return null;
    }

    private static RouterError Bad(string header, string value, string expected) =>
        RouterError.InvalidRequest($"The header {header} is '{(value.Length <= MaxQuotedLength ? value : value[..MaxQuotedLength])}'; send {expected}, or leave it out.");
}
