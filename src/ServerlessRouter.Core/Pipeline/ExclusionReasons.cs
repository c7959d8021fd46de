namespace ServerlessRouter.Pipeline;

/// <summary>The wire names of the exclusion reasons, as <c>availability.excluded_by</c> and explanations write them.</summary>
public static class ExclusionReasons
{
    public static string ToWireName(this ExclusionReason reason) => reason switch
    {
        ExclusionReason.Capability => "capability",
        ExclusionReason.ContextWindow => "context_window",
        ExclusionReason.Rule => "rule",
        ExclusionReason.Tier => "tier",
        ExclusionReason.ProviderFilter => "provider_filter",
        ExclusionReason.Region => "region",
        ExclusionReason.MaxPrice => "max_price",
        ExclusionReason.Privacy => "privacy",
        ExclusionReason.RequiredParameters => "required_parameters",
        ExclusionReason.NoDeployment => "no_deployment",
        ExclusionReason.UnknownModel => "unknown_model",
    };
}
