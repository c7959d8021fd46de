namespace ServerlessRouter.State;

/// <summary>The storage cannot be reached or written at present; callers go on with their last snapshot and try again later.</summary>
public sealed class TableStoreUnavailableException : Exception
{
    public TableStoreUnavailableException()
    {
    }

    public TableStoreUnavailableException(string message)
        : base(message)
    {
    }

    public TableStoreUnavailableException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
