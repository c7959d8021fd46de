namespace ServerlessRouter.State.Sqlite;

/// <summary>A file of the state folder is damaged. The message names it, the damage and the ways out.</summary>
public sealed class StateDamagedException : Exception
{
    public StateDamagedException()
    {
    }

    public StateDamagedException(string message)
        : base(message)
    {
    }

    public StateDamagedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
