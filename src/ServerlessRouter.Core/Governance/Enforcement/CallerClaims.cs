using System.Collections.Immutable;
using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Governance.Enforcement;

/// <summary>Finds which limits a request is under. Amounts are filled in once it is planned; the model's own limits come then, too.</summary>
internal static class CallerClaims
{
    /// <summary>Null for a request without any limit, which costs two comparisons.</summary>
    public static Claim[]? Of(RequestContext context)
    {
        var (tier, caller, shared) = (context.Tier, context.Caller, context.Router.SharedLimits);
        var hasOwn = !tier.Limits.IsEmpty || !tier.SessionLimits.IsEmpty || !tier.UserLimits.IsEmpty || caller is { Limits.IsEmpty: false };
        if (!hasOwn && shared.IsEmpty)
            return null;

        var key = new LimitSubject(SubjectKind.Key, context.CallerName ?? "");
        var session = tier.SessionLimits.IsEmpty ? null : EndUsers.SessionOf(context);
        var user = tier.UserLimits.IsEmpty ? null : EndUsers.NameOf(context);
        var own = caller?.Limits ?? [];
        var ofTier = shared.ByTier.GetValueOrDefault(tier.Name, []);
        var ofRoute = shared.ByRoute.GetValueOrDefault(context.Route.Name, []);
        var count = tier.Limits.Length + own.Length + (session is null ? 0 : tier.SessionLimits.Length) + (user is null ? 0 : tier.UserLimits.Length) + ofTier.Length + ofRoute.Length;
        foreach (var tag in shared.ByTag)
            count += tag.Has(caller) ? tag.Limits.Length : 0;
        if (count == 0 && shared.ByModel.Count == 0)
            return null;

        var claims = new Claim[count];
        var place = 0;
        Add(claims, ref place, key, tier.Limits);
        Add(claims, ref place, key, own);
        if (session is not null)
            Add(claims, ref place, new LimitSubject(SubjectKind.Session, session), tier.SessionLimits, key.Name);
        if (user is not null)
            Add(claims, ref place, new LimitSubject(SubjectKind.EndUser, user), tier.UserLimits, key.Name);
        Add(claims, ref place, new LimitSubject(SubjectKind.Tier, tier.Name), ofTier);
        Add(claims, ref place, new LimitSubject(SubjectKind.Route, context.Route.Name), ofRoute);
        foreach (var tag in shared.ByTag)
        {
            if (tag.Has(caller))
                Add(claims, ref place, new LimitSubject(SubjectKind.Tag, tag.Text), tag.Limits);
        }

        return claims;
    }

    /// <summary>Those that a caller has whatever it asks for, for telling it of them.</summary>
    public static Claim[] Standing(RouterModel router, CallerModel? caller)
    {
        var tier = caller?.Tier ?? router.AnonymousTier;
        var key = new LimitSubject(SubjectKind.Key, caller?.Name ?? "");
        return
        [
            .. tier.Limits.Select(limit => new Claim(key, limit, 0)),
            .. (caller?.Limits ?? []).Select(limit => new Claim(key, limit, 0)),
            .. router.SharedLimits.ByTier.GetValueOrDefault(tier.Name, []).Select(limit => new Claim(new LimitSubject(SubjectKind.Tier, tier.Name), limit, 0)),
            .. router.SharedLimits.ByTag.Where(tag => tag.Has(caller)).SelectMany(static tag => tag.Limits.Select(limit => new Claim(new LimitSubject(SubjectKind.Tag, tag.Text), limit, 0))),
        ];
    }

    /// <summary>The claims, and those of a model that has limits of its own.</summary>
    public static Claim[] With(Claim[] claims, RouterModel router, LanguageModel model)
    {
        if (!router.SharedLimits.ByModel.TryGetValue(model.Name, out var limits))
            return claims;
        var all = new Claim[claims.Length + limits.Length];
        claims.CopyTo(all, 0);
        var place = claims.Length;
        Add(all, ref place, new LimitSubject(SubjectKind.Model, model.Name), limits);
        return all;
    }

    private static void Add(Claim[] claims, ref int place, in LimitSubject subject, ImmutableArray<LimitModel> limits, string? namedBy = null)
    {
        foreach (var limit in limits)
            claims[place++] = new Claim(subject, limit, 0) { NamedBy = namedBy };
    }
}
