namespace ServerlessRouter.LocalHost.Starting;

/// <summary>The router does not start, for a reason its operator can mend.</summary>
public sealed class StartRefusedException(string message, Exception? innerException = null) : Exception(message, innerException);
