namespace ServerlessRouter.Configuration;

/// <summary>An issued key: its name (never the key) and tier.</summary>
public sealed record CallerModel(string Name, TierModel Tier);
