namespace ServerlessRouter.Pipeline;

/// <summary>Takes grades of answers that callers got a while ago.</summary>
public interface IFeedback
{
    /// <summary>Grades the answer to a request of this caller, 0 useless to 1 perfect; null when no such request is remembered.</summary>
    FeedbackResult? Grade(string requestId, string? caller, float grade);
}
