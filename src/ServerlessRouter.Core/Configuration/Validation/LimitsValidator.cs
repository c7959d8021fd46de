using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>Checks that the limits of a route agree with each other.</summary>
internal sealed class LimitsValidator : IConfigValidator
{
    public void Validate(ValidationContext context)
    {
        foreach (var (name, route) in context.Config.Routes.Entries())
        {
            if (route.Limits is { } limits)
                Validate(limits, $"{ConfigPath.Member("routes", name)}.limits", context.Findings);
        }
    }

    private static void Validate(LimitsConfig limits, string path, Findings findings)
    {
        var deadline = limits.DeadlineSeconds ?? RouteLimits.DefaultDeadlineSeconds;
        if (limits.FirstTokenSeconds is { } firstToken && firstToken > deadline)
            findings.Warning($"{path}.firstTokenSeconds", $"is {firstToken}, but the deadline ends every request after {deadline} seconds");
        if (limits.AttemptSeconds is { } attempt && attempt > deadline)
            findings.Warning($"{path}.attemptSeconds", $"is {attempt}, but the deadline ends every request after {deadline} seconds");

        var stall = limits.StallSeconds ?? RouteLimits.DefaultStallSeconds;
        var stream = limits.StreamSeconds ?? RouteLimits.DefaultStreamSeconds;
        if (limits.IdleSeconds is { } idle && idle < stall)
            findings.Warning($"{path}.idleSeconds", $"is {idle}, so silence never lasts the {stall} seconds of stallSeconds");
        if (stall > stream && (limits.StallSeconds ?? limits.StreamSeconds) is not null)
            findings.Warning($"{path}.stallSeconds", $"is {stall}, but streamSeconds ends every stream after {stream} seconds");
    }
}
