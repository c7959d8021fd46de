using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Admission;

/// <summary>Says who is calling by the key a request carries.</summary>
public static class CallerIdentity
{
    /// <summary>Why a router without keys that others can reach serves no caller, and what to do about it.</summary>
    public const string ServesNoCaller = "This router has no keys yet and can be reached by others, so it serves no caller. Its owner adds 'keys' to its configuration.";

    /// <summary>
    /// Null and the caller (null without a key), or why the key is not accepted. While no key is configured everyone may call, as the anonymous tier, or
    /// no caller, as <see cref="RouterModel.AnonymousCallers"/> says.
    /// </summary>
    public static RouterError? Find(RouterModel router, IRequestHeaders headers, out CallerModel? caller)
    {
        caller = null;
        if (router.CallersByKeyHash.Count == 0)
            return router.ServesNoCaller ? new RouterError(RouterErrorCode.InvalidApiKey, ServesNoCaller) : null;

        var key = CallerKey.Read(headers);
        if (key.IsMissing)
            return new RouterError(RouterErrorCode.InvalidApiKey, $"No API key was sent. {CallerKey.HowToSend}");
        if (key.FindIn(router.CallersByKeyHash) is not { } found)
            return new RouterError(RouterErrorCode.InvalidApiKey, $"The key in the header '{key.Header}' is not one this router has issued. {CallerKey.HowToSend}");

        caller = found;
        return null;
    }

    /// <summary>A caller that showed its key when it submitted a job, on today's configuration (null without a key); or why it may not call any more.</summary>
    public static RouterError? Recall(RouterModel router, string? name, out CallerModel? caller)
    {
        caller = null;
        if (router.CallersByKeyHash.Count == 0)
            return router.ServesNoCaller ? new RouterError(RouterErrorCode.InvalidApiKey, ServesNoCaller) : null;
        foreach (var known in router.CallersByKeyHash.Values)
        {
            if (known.Name != name)
                continue;
            caller = known;
            return null;
        }

        return new RouterError(RouterErrorCode.InvalidApiKey, name is null
            ? "The job was submitted without an API key, and by now one is needed. Submit it again with a key."
            : $"The key '{name}' that submitted the job is no longer in the configuration.");
    }
}
