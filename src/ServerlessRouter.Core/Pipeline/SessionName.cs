namespace ServerlessRouter.Pipeline;

/// <summary>What a caller calls the conversation a request belongs to.</summary>
internal static class SessionName
{
    public const string Header = "x-session-id";

    /// <summary>The header, else the body's <c>session_id</c>, else its <c>prompt_cache_key</c>; null when none is sent.</summary>
    public static string? Of(RequestContext context) => context.Headers.Get(Header) is { Length: > 0 } named ? named : context.Request.SessionId;
}
