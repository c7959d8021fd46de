using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Admission;

/// <summary>Tells a caller who mistyped a name which it probably meant, of those it may use.</summary>
internal static class UnknownTarget
{
    /// <summary>Longer names are no typing mistakes, and comparing them costs.</summary>
    private const int LongestCompared = 80;

    public static RouterError Explain(RequestContext context, string name, string param)
    {
        if (name.Length > LongestCompared)
            return NotFound($"{name.AsSpan(0, LongestCompared)}…", [], param);

        var colon = name.LastIndexOf(':');
        var withoutSuffix = colon > 0 ? name[..colon] : name;
        return NotFound(name, NearestNames.Of(withoutSuffix, context.Router.Targets.Keys.Where(context.Tier.Allows)), param);
    }

    private static RouterError NotFound(string name, IReadOnlyList<string> nearest, string param)
    {
        var hint = nearest.Count == 0 ? "" : $" Did you mean {string.Join(" or ", nearest.Select(static near => $"'{near}'"))}?";
        var message = $"There is no route or model '{name}'.{hint} GET /v1/models lists what this caller may use.";
        return new RouterError(RouterErrorCode.ModelNotFound, message) { Param = param };
    }
}
