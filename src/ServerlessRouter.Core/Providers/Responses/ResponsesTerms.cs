namespace ServerlessRouter.Providers.Responses;

/// <summary>What writing an answer takes besides the response.</summary>
/// <param name="Now">Its date where it tells none, in seconds of Unix time.</param>
/// <param name="Origin">Whose sealed reasoning it holds; null where that is not known.</param>
internal readonly record struct ResponsesTerms(long Now, string? Origin);
