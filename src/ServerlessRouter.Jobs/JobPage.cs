namespace ServerlessRouter.Jobs;

/// <summary>A page of a caller's list.</summary>
/// <param name="Entries">Newest first, unless asked for the other way round.</param>
/// <param name="HasMore">There are further ones behind the last.</param>
public sealed record JobPage<T>(IReadOnlyList<T> Entries, bool HasMore);
