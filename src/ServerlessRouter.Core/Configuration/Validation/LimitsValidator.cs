namespace ServerlessRouter.Configuration.Validation;

/// <summary>Checks that the limits of a route agree with each other.</summary>
internal sealed class LimitsValidator : IConfigValidator
{
    public void Validate(ValidationContext context)
    {
        foreach (var (name, route) in context.Config.Routes.Entries())
        {
            var deadline = route.Limits?.DeadlineSeconds ?? RouteLimits.DefaultDeadlineSeconds;
            if (route.Limits?.FirstTokenSeconds is { } firstToken && firstToken > deadline)
            {
                var path = $"{ConfigPath.Member("routes", name)}.limits.firstTokenSeconds";
                context.Findings.Warning(path, $"is {firstToken}, but the deadline ends every request after {deadline} seconds");
            }
        }
    }
}
