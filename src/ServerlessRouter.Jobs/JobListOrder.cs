namespace ServerlessRouter.Jobs;

/// <summary>Which way a list goes.</summary>
public enum JobListOrder
{
    NewestFirst,
    OldestFirst,
}
