using ServerlessRouter.Errors;

namespace ServerlessRouter.Http;

/// <summary>A body that was read whole, or why it was not.</summary>
/// <param name="Pooled">An array of the shared pool, the receiver's to return; null exactly when there is an error.</param>
/// <param name="Length">Bytes of the body in it.</param>
/// <param name="Error">What was wrong.</param>
internal readonly record struct RequestBody(byte[]? Pooled, int Length, RouterError? Error);
