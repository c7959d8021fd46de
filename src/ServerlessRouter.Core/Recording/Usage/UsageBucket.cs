namespace ServerlessRouter.Recording.Usage;

/// <summary>The spans usage is told by.</summary>
public enum UsageBucket
{
    Day,
    Hour,
}
