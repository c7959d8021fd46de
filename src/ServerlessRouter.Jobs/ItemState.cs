namespace ServerlessRouter.Jobs;

/// <summary>Where an item is. From the last four nothing leads on, so an item settles once.</summary>
public enum ItemState
{
    /// <summary>Not begun, or between two tries.</summary>
    Pending,

    /// <summary>A runner works on it, under a lease.</summary>
    Running,

    Done,
    Failed,

    /// <summary>The window passed before it was begun.</summary>
    Expired,

    Cancelled,
}
