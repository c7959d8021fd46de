namespace ServerlessRouter.Pipeline;

/// <summary>The model that answered a conversation last.</summary>
/// <param name="Name">The model's name.</param>
/// <param name="CachedTokens">Tokens at the beginning of the prompt that its vendor's cache is expected to hold.</param>
public readonly record struct SessionModel(string Name, int CachedTokens);
