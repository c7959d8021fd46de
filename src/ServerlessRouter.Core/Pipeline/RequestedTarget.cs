using System.Diagnostics.CodeAnalysis;
using ServerlessRouter.Configuration;

namespace ServerlessRouter.Pipeline;

/// <summary>Reads the names callers write in <c>model</c> and <c>models</c>: a route or model, perhaps with a suffix that asks for an order.</summary>
public static class RequestedTarget
{
    /// <summary>Finds the route of a name. A configured name that happens to end like a suffix is taken as it is.</summary>
    public static bool TryFind(RouterModel router, string name, [NotNullWhen(true)] out RouteModel? route, out CandidateSort? sort)
    {
        sort = null;
        if (router.Targets.TryGetValue(name, out route))
            return true;

        var colon = name.LastIndexOf(':');
        if (colon < 0)
            return false;
        sort = CandidateSorts.ParseSuffix(name.AsSpan(colon + 1));
        return sort is not null && router.Targets.TryGetValue(name[..colon], out route);
    }
}
