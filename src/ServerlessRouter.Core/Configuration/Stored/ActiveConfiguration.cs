namespace ServerlessRouter.Configuration.Stored;

/// <summary>Which version every instance runs on, since when, and which it was before.</summary>
/// <param name="Version">The version.</param>
/// <param name="Previous">The one before; null when it is the first.</param>
/// <param name="ActivatedAt">When the pointer was moved to it.</param>
/// <param name="ETag">The pointer's, under which alone it can be moved.</param>
public sealed record ActiveConfiguration(string Version, string? Previous, DateTimeOffset ActivatedAt, string ETag);
