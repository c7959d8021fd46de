namespace ServerlessRouter.Jobs;

/// <summary>A blob of that name can never be where it is to be put; the message tells the sender why, and trying again is of no use.</summary>
public sealed class BlobRefusedException : Exception
{
    public BlobRefusedException()
    {
    }

    public BlobRefusedException(string message)
        : base(message)
    {
    }

    public BlobRefusedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
