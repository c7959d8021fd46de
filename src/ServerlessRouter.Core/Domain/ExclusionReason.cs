namespace ServerlessRouter.Domain;

/// <summary>The constraints that can remove a candidate; their wire names stand in <c>availability.excluded_by</c>.</summary>
public enum ExclusionReason
{
    /// <summary>It lacks a capability the request needs.</summary>
    Capability,

    /// <summary>The prompt does not fit its window.</summary>
    ContextWindow,

    /// <summary>A rule of the route uses other models.</summary>
    Rule,

    /// <summary>The caller's tier may not use it.</summary>
    Tier,

    /// <summary><c>provider.only</c>, <c>provider.ignore</c> or <c>allow_fallbacks: false</c>.</summary>
    ProviderFilter,

    /// <summary>The providers asked for serve it, but not in the regions asked for (<c>provider.only: ["azure/eastus2"]</c>).</summary>
    Region,

    /// <summary><c>provider.max_price</c>.</summary>
    MaxPrice,

    /// <summary><c>provider.data_collection: deny</c> or <c>zdr</c>.</summary>
    Privacy,

    /// <summary><c>provider.require_parameters</c>.</summary>
    RequiredParameters,

    /// <summary>The service tier that is asked for (<c>service_tier</c>) has no price, so it could not be billed.</summary>
    ServiceTier,

    /// <summary>It has no deployment.</summary>
    NoDeployment,

    /// <summary>A name in <c>models</c> that is neither a route nor a model.</summary>
    UnknownModel,
}

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
        ExclusionReason.ServiceTier => "service_tier",
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
            or ExclusionReason.MaxPrice or ExclusionReason.RequiredParameters or ExclusionReason.ServiceTier => "constraint_filtered",
    };
}
