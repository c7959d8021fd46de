namespace ServerlessRouter.Pipeline;

/// <summary>Which model answered a conversation last, and what its vendor's prompt cache holds of it.</summary>
public interface ISessionModels
{
    /// <summary>Null for a request of no conversation, and for one that was idle too long. Never waits.</summary>
    SessionModel? Find(RequestContext context);
}

/// <summary>The model that answered a conversation last.</summary>
/// <param name="Name">The model's name.</param>
/// <param name="CachedTokens">Tokens at the beginning of the prompt that its vendor's cache is expected to hold.</param>
public readonly record struct SessionModel(string Name, int CachedTokens);

/// <summary>What a caller calls the conversation a request belongs to.</summary>
internal static class SessionName
{
    public const string Header = "x-session-id";

    /// <summary>The header, else the body's <c>session_id</c>, else its <c>prompt_cache_key</c>; null when none is sent.</summary>
    public static string? Of(RequestContext context) => context.Headers.Get(Header) is { Length: > 0 } named ? named : context.Request.SessionId;
}
