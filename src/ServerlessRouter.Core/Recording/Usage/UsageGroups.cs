namespace ServerlessRouter.Recording.Usage;

/// <summary>What usage is told apart by, beside time.</summary>
[Flags]
public enum UsageGroups
{
    None = 0,
    Key = 1,
    Route = 2,
    Model = 4,
    Deployment = 8,
    Status = 16,
}
