using ServerlessRouter.Domain;

namespace ServerlessRouter.Pipeline;

/// <summary>A model that may not answer, and why.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Reason">Which constraint removed it.</param>
/// <param name="Detail">For people: the figures behind it.</param>
public sealed record Exclusion(string Model, ExclusionReason Reason, string Detail)
{
    /// <summary>What the owner of the configuration writes if the model can do it after all; null where the configuration does not say too little.</summary>
    public string? Remedy => Reason == ExclusionReason.Capability ? $"models.{Model}.capabilities: add \"{Detail.Replace(", ", "\", \"", StringComparison.Ordinal)}\"" : null;
}
