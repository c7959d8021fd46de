namespace ServerlessRouter.Configuration.Stored;

/// <summary>A configuration that was saved: what it is called, how long it is, and when it first came.</summary>
public sealed record ConfigurationVersion(string Version, int Bytes, DateTimeOffset CreatedAt);
