namespace ServerlessRouter.Jobs.Queue;

/// <summary>Ends the reading of a faulty message; never leaves <see cref="QueueMessageReader"/>.</summary>
internal sealed class QueueMessageFault(string param, string message) : Exception(message)
{
    /// <summary>The member at fault.</summary>
    public string Param { get; } = param;
}
