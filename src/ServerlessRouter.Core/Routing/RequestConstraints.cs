using System.Collections.Immutable;
using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Routing;

/// <summary>What tier and routes demand of providers for one request. Demands of every route a request names hold for all of it: the strictest is the safe reading.</summary>
internal static class RequestConstraints
{
    public static ImmutableArray<ConstraintsModel> Of(RequestContext context)
    {
        if (context.Tier.Constraints is null && !context.Router.HasRouteConstraints)
            return [];
        var all = ImmutableArray.CreateBuilder<ConstraintsModel>(2);
        Add(all, context.Tier.Constraints);
        Add(all, context.Route.Constraints);
        foreach (var name in context.Request.Models)
        {
            if (RequestedTarget.TryFind(context.Router, name, out var target, out _) && context.Tier.Allows(target.Name))
                Add(all, target.Constraints);
        }

        return all.DrainToImmutable();
    }

    private static void Add(ImmutableArray<ConstraintsModel>.Builder all, ConstraintsModel? constraints)
    {
        if (constraints is not null && !all.Contains(constraints))
            all.Add(constraints);
    }
}
