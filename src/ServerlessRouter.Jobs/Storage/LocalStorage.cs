namespace ServerlessRouter.Jobs.Storage;

/// <summary>The storage of one machine.</summary>
/// <param name="UsedBytes">What callers' files and jobs take now.</param>
/// <param name="IsInMemory">It is gone with the process.</param>
public sealed record LocalStorage(Func<long> UsedBytes, bool IsInMemory);
