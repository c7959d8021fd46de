namespace ServerlessRouter.Configuration.Validation;

/// <summary>Refuses what this version accepts only while it is empty, rather than ignoring it.</summary>
internal sealed class ReservedValidator : IConfigValidator
{
    public void Validate(ValidationContext context)
    {
        if (context.Config.Experiments is { Count: > 0 })
            context.Findings.Error("experiments", "are not available in this version; leave them out");
        if (context.Config.Cache is { Count: > 0 })
            context.Findings.Error("cache", "is not available in this version; leave it out");
    }
}
