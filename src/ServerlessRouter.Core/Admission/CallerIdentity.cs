using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Admission;

/// <summary>Says who is calling by the key a request carries.</summary>
public static class CallerIdentity
{
    /// <summary>Why a router without keys that others can reach serves no caller, and what to do about it.</summary>
    public const string ServesNoCaller = "This router has no keys yet and can be reached by others, so it serves no caller. Its owner adds 'keys' to its configuration, or issues one (POST /v1/admin/keys).";

    private static readonly TimeSpan UndecidedRetryAfter = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Null and the caller (null without a key), or why the key is not accepted. While there is no key everyone may call, as the anonymous tier, or
    /// no caller, as <see cref="RouterModel.AnonymousCallers"/> says.
    /// </summary>
    public static RouterError? Find(RouterModel router, IRequestHeaders headers, out CallerModel? caller)
    {
        caller = null;
        if (!router.HasKeys)
            return router.ServesNoCaller ? new RouterError(RouterErrorCode.InvalidApiKey, ServesNoCaller) : null;

        var key = CallerKey.Read(headers);
        if (key.IsMissing)
            return new RouterError(RouterErrorCode.InvalidApiKey, $"No API key was sent. {CallerKey.HowToSend}");
        var found = key.Find(router);
        if (found.Caller is not { } known)
            return Unknown(router, found, key);
        caller = known;
        return Refuse(router, known);
    }

    /// <summary>Whether the key that a request carries is no caller's, without more to say of it.</summary>
    public static bool IsUnknown(RouterModel router, IRequestHeaders headers) => CallerKey.Read(headers).Find(router) is { State: KeyState.Unknown, Problem: null };

    /// <summary>A caller that showed its key when it submitted a job, on today's configuration (null without a key); or why it may not call any more.</summary>
    public static RouterError? Recall(RouterModel router, string? name, out CallerModel? caller)
    {
        caller = null;
        if (!router.HasKeys)
            return router.ServesNoCaller ? new RouterError(RouterErrorCode.InvalidApiKey, ServesNoCaller) : null;
        if (name is not null && Named(router, name) is { } known)
        {
            caller = known;
            return Refuse(router, known);
        }

        return new RouterError(RouterErrorCode.InvalidApiKey, name is null
            ? "The job was submitted without an API key, and by now one is needed. Submit it again with a key."
            : $"There is no key '{name}' any more, and it submitted the job.");
    }

    private static CallerModel? Named(RouterModel router, string name)
    {
        foreach (var known in router.CallersByKeyHash.Values)
        {
            if (known.Name == name)
                return known;
        }

        return router.KeyRing.Recall(router, name);
    }

    // Only who holds a key comes here, and may know what it is called and why it no longer opens.
    private static RouterError? Refuse(RouterModel router, CallerModel caller) => caller switch
    {
        { IsDisabled: true } => new RouterError(RouterErrorCode.InvalidApiKey, $"The key '{caller.Name}' is disabled. The router's owner can enable it again."),
        { ExpiresAt: { } end } when end <= router.KeyRing.Now =>
            new RouterError(RouterErrorCode.InvalidApiKey, $"The key '{caller.Name}' expired at {end.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}. Ask the router's owner for another one."),
        _ => null,
    };

    /// <summary>Why a key that was sent makes no caller.</summary>
    internal static RouterError Unknown(RouterModel router, KeyFinding found, CallerKey key) => found switch
    {
        { State: KeyState.Undecided, Problem: { } problem } => new RouterError(RouterErrorCode.TemporarilyUnavailable, problem) { RetryAfter = UndecidedRetryAfter },
        { Problem: { } problem } => new RouterError(RouterErrorCode.InvalidApiKey, problem),
        { State: KeyState.Undecided } => new RouterError(RouterErrorCode.TemporarilyUnavailable, "Which keys were issued cannot be read at present, so the key cannot be checked. Try again shortly.") { RetryAfter = UndecidedRetryAfter },
        { State: KeyState.WithoutTier } => new RouterError(RouterErrorCode.PermissionDenied, "The tier of this key is no longer in the router's configuration. The router's owner gives the key another one, or writes the tier again."),
        // Who holds such a key is told no more than it knows.
        _ when key.IsAdmins(router) => new RouterError(RouterErrorCode.InvalidApiKey, "This is an admin key, which calls no model. Issue a key with 'keys create', or send a caller's key."),
        _ => new RouterError(RouterErrorCode.InvalidApiKey, $"The key in the header '{key.Header}' is not one this router has issued. {CallerKey.HowToSend}"),
    };
}
