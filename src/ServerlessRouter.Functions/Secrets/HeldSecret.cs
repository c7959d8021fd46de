namespace ServerlessRouter.Functions.Secrets;

/// <summary>A secret as it was last read, and when.</summary>
internal sealed record HeldSecret(string Value, DateTimeOffset ReadAt);
