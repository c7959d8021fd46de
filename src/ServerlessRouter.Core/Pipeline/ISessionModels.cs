namespace ServerlessRouter.Pipeline;

/// <summary>Which model answered a conversation last, and what its vendor's prompt cache holds of it.</summary>
public interface ISessionModels
{
    /// <summary>Null for a request of no conversation, and for one that was idle too long. Never waits.</summary>
    SessionModel? Find(RequestContext context);
}
