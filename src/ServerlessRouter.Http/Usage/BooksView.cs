using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Http.Usage;

/// <summary>What a caller may see of the books.</summary>
/// <param name="Error">Why it is nothing; null when it is something.</param>
/// <param name="Key">Whose entries it is: the name of a key, empty for callers without one; null for those of all callers.</param>
/// <param name="Caller">The caller; null for admins and callers without a key.</param>
internal readonly record struct BooksView(RouterError? Error, string? Key, CallerModel? Caller = null)
{
    /// <summary>Whether it may know of a route or model: admins of each, other callers of what they may ask for.</summary>
    public bool MayKnow(RouterModel router, string target) => Key is null || (Caller?.Allows(target) ?? router.AnonymousTier.Allows(target));
}
