namespace ServerlessRouter.Domain;

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

    /// <summary>What OpenRouter's <c>availability.code</c> calls it.</summary>
    public static string ToAvailabilityCode(this ExclusionReason reason) => reason switch
    {
        ExclusionReason.UnknownModel => "model_not_found",
        ExclusionReason.NoDeployment => "no_endpoints",
        ExclusionReason.Region => "region_restricted",
        ExclusionReason.Privacy => "privacy_restricted",
        ExclusionReason.Capability or ExclusionReason.ContextWindow or ExclusionReason.Rule or ExclusionReason.Tier or ExclusionReason.ProviderFilter
            or ExclusionReason.MaxPrice or ExclusionReason.RequiredParameters => "constraint_filtered",
    };
}
