using System.Buffers;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Http.Bodies;

/// <summary>A body that was read whole, or why it was not.</summary>
/// <param name="Pooled">An array of the shared pool, the receiver's to return; null exactly when there is an error.</param>
/// <param name="Length">Bytes of the body in it.</param>
/// <param name="Lease">What it takes of the room of all bodies, the receiver's to give back.</param>
/// <param name="Error">What was wrong.</param>
internal readonly record struct RequestBody(byte[]? Pooled, int Length, BodyLease Lease, RouterError? Error)
{
    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> Memory => Pooled.AsMemory(0, Length);

    public static RequestBody Refused(RouterError error) => new(null, 0, default, error);

    /// <summary>Returns array and lease; once, by a receiver who keeps neither.</summary>
    public void Return()
    {
        if (Pooled is not null)
            ArrayPool<byte>.Shared.Return(Pooled);
        Lease.Dispose();
    }
}
