using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Admission;

/// <summary>Says who is calling by the key a request carries.</summary>
public static class CallerIdentity
{
    /// <summary>
    /// Null and the caller's name (null without a key) and tier, or why the key is not accepted. While no key is configured everyone may call, as the anonymous tier.
    /// </summary>
    public static RouterError? Find(RouterModel router, IRequestHeaders headers, out string? name, out TierModel tier)
    {
        (name, tier) = (null, router.AnonymousTier);
        if (router.CallersByKeyHash.Count == 0)
            return null;

        var key = CallerKey.Read(headers);
        if (key.IsMissing)
            return new RouterError(RouterErrorCode.InvalidApiKey, $"No API key was sent. {CallerKey.HowToSend}");
        if (key.FindIn(router.CallersByKeyHash) is not { } caller)
            return new RouterError(RouterErrorCode.InvalidApiKey, $"The key in the header '{key.Header}' is not one this router has issued. {CallerKey.HowToSend}");

        (name, tier) = (caller.Name, caller.Tier);
        return null;
    }
}
