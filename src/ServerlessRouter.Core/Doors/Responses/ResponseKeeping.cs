namespace ServerlessRouter.Doors.Responses;

/// <summary>What becomes of an answer.</summary>
/// <param name="IsStored">It is kept.</param>
/// <param name="IsBackground">The caller does not wait for it.</param>
public readonly record struct ResponseKeeping(bool IsStored, bool IsBackground);
