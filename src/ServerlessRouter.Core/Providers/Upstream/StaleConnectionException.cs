namespace ServerlessRouter.Providers.Upstream;

/// <summary>A kept connection turned out to be dead when it was used again: the request on it has had no byte of an answer, and another connection may carry it.</summary>
internal sealed class StaleConnectionException(Exception? cause) : IOException("The kept connection was closed by the other side.", cause)
{
    /// <summary>Whether this is what stands behind a failed call.</summary>
    public static bool IsBehind(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException!)
        {
            if (cause is StaleConnectionException)
                return true;
        }

        return false;
    }
}
