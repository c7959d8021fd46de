namespace ServerlessRouter.State.Embedded;

/// <summary>The journal is damaged before its end; opening it would drop good data, so it is left untouched for an operator to decide.</summary>
public sealed class JournalCorruptedException : Exception
{
    public JournalCorruptedException()
    {
    }

    public JournalCorruptedException(string message)
        : base(message)
    {
    }

    public JournalCorruptedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
