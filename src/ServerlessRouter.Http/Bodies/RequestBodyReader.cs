using System.Buffers;
using System.IO.Pipelines;
using System.Numerics;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Http.Bodies;

/// <summary>Reads a request's body into one pooled array, unpacked where it is compressed: never more than the limit, never much more memory than has come in, and never more than all bodies may take.</summary>
internal sealed class RequestBodyReader(BodyMemoryQuota room)
{
    /// <summary>Rented at once for a body of announced length; a longer one earns its memory by arriving.</summary>
    private const int MaxRentedAhead = 1024 * 1024;

    /// <summary>Rented for a body of unknown length.</summary>
    private const int FirstRented = 16 * 1024;

    /// <summary>The smallest array of the pool.</summary>
    private const int MinRented = 16;

    /// <summary>Throws what the server throws for a body that is broken or too slow, and when the caller leaves.</summary>
    public ValueTask<RequestBody> ReadAsync(HttpRequest request, BodyLimit limit, CancellationToken cancellationToken)
    {
        if (request.ContentLength > limit.MaxBytes)
            return new(RequestBody.Refused(limit.TooLarge()));
        if (request.ContentLength == 0)
            return new(RequestBody.Refused(RouterError.InvalidRequest("The body is empty: send a JSON object with 'model' and 'messages'.")));
        if (ContentCoding.Read(request.Headers.ContentEncoding, out var coding) is { } notTaken)
            return new(RequestBody.Refused(notTaken));

        // The router's limit is the one that counts; the server's would end the request without saying which.
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } serverLimit)
            serverLimit.MaxRequestBodySize = null;
        return coding is null
            ? CopyAsync(request.BodyReader, (int?)request.ContentLength, limit, cancellationToken)
            : UnpackAsync(request.BodyReader, coding, limit, cancellationToken);
    }

    private async ValueTask<RequestBody> UnpackAsync(PipeReader packed, ContentCoding coding, BodyLimit limit, CancellationToken cancellationToken)
    {
        try
        {
            await using var unpacked = await coding.OpenAsync(packed);
            var reader = PipeReader.Create(unpacked, new StreamPipeReaderOptions(bufferSize: FirstRented, leaveOpen: true));
            var body = await CopyAsync(reader, null, limit, cancellationToken);
            await reader.CompleteAsync();
            return body;
        }
        catch (Exception broken) when (ContentCoding.IsBroken(broken))
        {
            return RequestBody.Refused(coding.Broken());
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<RequestBody> CopyAsync(PipeReader reader, int? announced, BodyLimit limit, CancellationToken cancellationToken)
    {
        var held = RoomOf(Math.Clamp(announced ?? FirstRented, 1, MaxRentedAhead));
        if (!room.TryTake(held) && await room.TakeAsync(held, 0, cancellationToken) is { } full)
            return RequestBody.Refused(full);

        var pooled = ArrayPool<byte>.Shared.Rent((int)held);
        var length = 0;
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync(cancellationToken);
                var arrived = read.Buffer;
                var error = arrived.Length > limit.MaxBytes - length ? limit.TooLarge() : null;
                if (error is null && pooled.Length - length < arrived.Length)
                {
                    (held, error) = await GrowAsync(held, length + (int)arrived.Length, announced, limit, cancellationToken);
                    if (error is null)
                        pooled = Move(pooled, length, (int)held);
                }

                if (error is not null)
                {
                    reader.AdvanceTo(arrived.End);
                    Return(pooled, held);
                    return RequestBody.Refused(error);
                }

                arrived.CopyTo(pooled.AsSpan(length));
                length += (int)arrived.Length;
                reader.AdvanceTo(arrived.End);
                if (read.IsCompleted)
                    return new RequestBody(pooled, WithoutByteOrderMark(pooled, length), new BodyLease(room, held), null);
            }
        }
        catch (Exception failure)
        {
            Return(pooled, held);
            // What Kestrel says of a chunk whose size is no number it can hold; connections that break have types of their own.
            if (failure.GetType() == typeof(IOException))
                throw new BadHttpRequestException("The size of a chunk is too large.", failure);
            throw;
        }
    }

    /// <summary>
    /// More room, and why not where there is none. A body that has to wait for it asks for all that it may still need: bodies that are half there and wait for each other would
    /// all be given up.
    /// </summary>
    private async ValueTask<(long Held, RouterError? Error)> GrowAsync(long held, int needed, int? announced, BodyLimit limit, CancellationToken cancellationToken)
    {
        var whole = RoomOf(announced ?? limit.MaxBytes);
        var next = announced is null ? Math.Min(whole, Math.Max(RoomOf(needed), 2 * held)) : whole;
        if (room.TryTake(next - held, held))
            return (next, null);
        return await room.TakeAsync(whole - held, held, cancellationToken) is { } full ? (held, full) : (whole, null);
    }

    private void Return(byte[] pooled, long held)
    {
        ArrayPool<byte>.Shared.Return(pooled);
        room.Release(held);
    }

    /// <summary>Editors on Windows put a mark before the text, which JSON does not have and no vendor takes (RFC 8259, 8.1 lets it be ignored). The length that is left.</summary>
    private static int WithoutByteOrderMark(byte[] pooled, int length)
    {
        var text = pooled.AsSpan(0, length);
        if (!text.StartsWith("\uFEFF"u8))
            return length;
        text[3..].CopyTo(text);
        return length - 3;
    }

    private static byte[] Move(byte[] pooled, int length, int size)
    {
        var larger = ArrayPool<byte>.Shared.Rent(size);
        pooled.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(pooled);
        return larger;
    }

    /// <summary>What the pool's array for so many bytes takes.</summary>
    private static long RoomOf(int bytes) => BitOperations.RoundUpToPowerOf2((uint)Math.Max(bytes, MinRented));
}
