namespace ServerlessRouter.Pipeline;

/// <summary>Which model answered a conversation last, and what its vendor's prompt cache holds of it.</summary>
public interface ISessionModels
{
    /// <summary>Null for a request of no conversation, and for one that was idle too long. Never waits.</summary>
    SessionModel? Find(RequestContext context);
}

/// <summary>The model that answered a conversation last.</summary>
/// <param name="Name">The model's name.</param>
/// <param name="CachedTokens">Tokens at the beginning of the prompt that its vendor's cache is expected to hold.</param>
public readonly record struct SessionModel(string Name, int CachedTokens);
