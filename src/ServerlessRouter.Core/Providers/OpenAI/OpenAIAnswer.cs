using System.Buffers;
using ServerlessRouter.Chat;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Providers.OpenAI;

/// <summary>Reads a whole answer in OpenAI's schema, and tells answers from pages, errors and nothing at all behind a 200. One that would trip clients is written anew.</summary>
internal static class OpenAIAnswer
{
    private const int RoomForMending = 512;

    /// <summary>Takes over <paramref name="pooled"/>, an array of the shared pool.</summary>
    public static AttemptResult Read(byte[] pooled, int length)
    {
        length = TakeOffByteOrderMark(pooled, length);
        var isJson = OpenAIPayloadReader.TryRead(pooled.AsSpan(0, length), PayloadForm.Whole, out var payload);
        if (!isJson && IsAllSaid(payload) && payload.MembersEnd < pooled.Length)
        {
            // What is cut off, or garbage, stands behind the answer.
            pooled[payload.MembersEnd] = (byte)'}';
            length = payload.MembersEnd + 1;
            isJson = true;
        }

        if (isJson && payload is { HasChoices: true, IsError: false, Mute.IsEmpty: true })
            return payload.IsOdd ? Mend(pooled, length) : Answer(pooled, length, payload);
        var failure = FailureOf(payload, pooled.AsMemory(0, length));
        ArrayPool<byte>.Shared.Return(pooled);
        return failure with { Usage = payload.Usage };
    }

    private static ChatAnswer Answer(byte[] pooled, int length, in OpenAIPayload payload) => new(pooled, length)
    {
        Usage = payload.Usage,
        UsageRange = payload.UsageRange,
        ContentBytes = payload.ContentBytes,
        FinishReason = payload.FinishReason,
    };

    private static AttemptResult Mend(byte[] pooled, int length)
    {
        using var mended = new PooledWriter(length + RoomForMending);
        new OpenAIMender(mended, PayloadForm.Whole).Write(pooled.AsMemory(0, length));
        ArrayPool<byte>.Shared.Return(pooled);
        OpenAIPayloadReader.TryRead(mended.Written.Span, PayloadForm.Whole, out var payload);
        return Answer(mended.Detach(), mended.Length, payload);
    }

    /// <summary>Every choice is there to its end.</summary>
    private static bool IsAllSaid(in OpenAIPayload payload) => payload is { HasChoices: true, HasWholeList: true } && (payload.Choices - payload.Finished).IsEmpty;

    private static int TakeOffByteOrderMark(byte[] pooled, int length)
    {
        var mark = "\uFEFF"u8;
        if (!pooled.AsSpan(0, length).StartsWith(mark))
            return length;
        pooled.AsSpan(mark.Length, length - mark.Length).CopyTo(pooled);
        return length - mark.Length;
    }

    private static AttemptFailure FailureOf(in OpenAIPayload payload, ReadOnlyMemory<byte> body)
    {
        if (!payload.ErrorRange.IsEmpty)
            return UpstreamFailures.OfErrorInside(VendorError.OfObject(body.Slice(payload.ErrorRange.Start, payload.ErrorRange.Length)));
        if (payload.IsFlatError)
            return UpstreamFailures.OfErrorInside(VendorError.Read(body));
        if (payload.IsFailed)
            return UpstreamFailures.OfErrorInside(VendorError.Unknown);
        return UpstreamFailures.OfBodyInside(body, body.IsEmpty ? "The provider's answer was empty." : "The provider's answer was no whole chat completion.");
    }
}
