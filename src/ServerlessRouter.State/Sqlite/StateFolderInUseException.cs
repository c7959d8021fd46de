namespace ServerlessRouter.State.Sqlite;

/// <summary>Another process, or another store of this one, has the state folder open.</summary>
public sealed class StateFolderInUseException : Exception
{
    public StateFolderInUseException()
    {
    }

    public StateFolderInUseException(string message)
        : base(message)
    {
    }

    public StateFolderInUseException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
