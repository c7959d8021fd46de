namespace ServerlessRouter.Jobs;

/// <summary>Where blobs are kept cannot be reached or written at present: the message is not at fault, and another try later may find it back.</summary>
public sealed class BlobsUnavailableException : Exception
{
    public BlobsUnavailableException()
    {
    }

    public BlobsUnavailableException(string message)
        : base(message)
    {
    }

    public BlobsUnavailableException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
