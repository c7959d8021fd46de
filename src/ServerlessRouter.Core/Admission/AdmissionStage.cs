using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Admission;

/// <summary>Finds out who is calling, what <c>model</c> stands for, and whether this caller may ask for it.</summary>
internal sealed class AdmissionStage : IRequestStage
{
    public ValueTask<ChatOutcome> InvokeAsync(RequestContext context, NextRequestStage next, CancellationToken cancellationToken)
    {
        return Admit(context) is { } refusal ? new(new ChatOutcome.Failed(refusal)) : next(context, cancellationToken);
    }

    /// <summary>Sets who asks and for what, as far as the configuration knows them; or says why it may not be.</summary>
    public static RouterError? Admit(RequestContext context)
    {
        if (!context.IsIdentified)
        {
            if (FindCaller(context, out var caller) is { } unknownCaller)
            {
                context.CallerName = context.Recalled?.Name;
                return unknownCaller;
            }

            context.Caller = caller;
            // While there are no keys, a job is still its submitter's.
            context.CallerName ??= context.Recalled?.Name;
        }

        return Resolve(context);
    }

    private static RouterError? FindCaller(RequestContext context, out CallerModel? caller) => context.Recalled is { } recalled
        ? CallerIdentity.Recall(context.Router, recalled.Name, out caller)
        : CallerIdentity.Find(context.Router, context.Headers, out caller);

    private static RouterError? Resolve(RequestContext context)
    {
        var request = context.Request;
        if (request.Model.Length > 0)
            return Choose(context, request.Model, "model");

        // Without a model the first usable name of the caller's list leads; routing tells why the names before it were passed over.
        RouterError? first = null;
        foreach (var name in request.Models)
        {
            if (Choose(context, name, "models") is not { } error)
                return null;
            first ??= error;
        }

        return first ?? RouterError.InvalidRequest("The request names no model: set 'model' to a route or model that GET /v1/models lists.", "model");
    }

    private static RouterError? Choose(RequestContext context, string name, string param)
    {
        if (!RequestedTarget.TryFind(context.Router, name, out var route, out var sort))
            return UnknownTarget.Explain(context, name, param);
        if (!context.Allows(route.Name))
            return Denied(context, route, param);
        if (route.MakesEmbeddings != (context.Operation == AttemptOperation.Embeddings))
            return OtherOperation.Explain(context, name, param);

        context.Route = route;
        context.Sort = sort;
        return null;
    }

    private static RouterError Denied(RequestContext context, RouteModel route, string param)
    {
        var who = context.Tier.Allows(route.Name) ? "This key" : $"The tier '{context.Tier.Name}' of this caller";
        var message = $"{who} may not use '{route.Name}'. GET /v1/models lists what it may use.";
        return new RouterError(RouterErrorCode.PermissionDenied, message) { Param = param };
    }
}

/// <summary>Tells a caller who asks a chat model for vectors, or the reverse, whom to ask.</summary>
internal static class OtherOperation
{
    private const int MaxNamed = 3;

    public static RouterError Explain(RequestContext context, string name, string param)
    {
        var asksForEmbeddings = context.Operation == AttemptOperation.Embeddings;
        var others = context.Router.Targets.Values
            .Where(route => route.MakesEmbeddings == asksForEmbeddings && context.Allows(route.Name))
            .Select(static route => route.Name).Order(StringComparer.Ordinal).Take(MaxNamed).ToList();
        var what = asksForEmbeddings ? "answers chats and makes no embeddings" : "makes embeddings and answers no chat";
        var hint = others.Count > 0
            ? $"Ask for {string.Join(" or ", others.Select(static other => $"'{other}'"))}; GET /v1/models lists what this caller may use."
            : asksForEmbeddings
                ? "This caller may use no model that makes embeddings; the router's owner configures one with the capability embeddings."
                : "GET /v1/models lists what this caller may use.";
        return RouterError.InvalidRequest($"'{name}' {what}. {hint}", param);
    }
}

/// <summary>Tells a caller who mistyped a name which it probably meant, of those it may use.</summary>
internal static class UnknownTarget
{
    /// <summary>Longer names are no typing mistakes, and comparing them costs.</summary>
    private const int MaxComparedLength = 80;

    public static RouterError Explain(RequestContext context, string name, string param)
    {
        if (name.Length > MaxComparedLength)
            return NotFound($"{name.AsSpan(0, MaxComparedLength)}…", [], param);

        var colon = name.LastIndexOf(':');
        var withoutSuffix = colon > 0 ? name[..colon] : name;
        return NotFound(name, NearestNames.Of(withoutSuffix, context.Router.Targets.Keys.Where(context.Allows)), param);
    }

    private static RouterError NotFound(string name, IReadOnlyList<string> nearest, string param)
    {
        var hint = nearest.Count == 0 ? "" : $" Did you mean {string.Join(" or ", nearest.Select(static near => $"'{near}'"))}?";
        var message = $"There is no route or model '{name}'.{hint} GET /v1/models lists what this caller may use.";
        return new RouterError(RouterErrorCode.ModelNotFound, message) { Param = param };
    }
}
