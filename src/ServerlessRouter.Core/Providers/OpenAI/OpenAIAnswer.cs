using System.Buffers;
using ServerlessRouter.Chat;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Providers.OpenAI;

/// <summary>Reads a whole answer in OpenAI's schema, and tells answers from pages, errors and nothing at all behind a 200.</summary>
internal static class OpenAIAnswer
{
    /// <summary>Takes over <paramref name="pooled"/>, an array of the shared pool.</summary>
    public static AttemptResult Read(byte[] pooled, int length)
    {
        if (OpenAIPayloadReader.TryRead(pooled.AsSpan(0, length), out var payload)
            && payload is { HasChoices: true, ErrorRange.IsEmpty: true, FinishReason: not "error" })
        {
            return new ChatAnswer(pooled, length)
            {
                Usage = payload.Usage,
                UsageRange = payload.UsageRange,
                ContentBytes = payload.ContentBytes,
                FinishReason = payload.FinishReason,
            };
        }

        var failure = FailureOf(payload, pooled.AsMemory(0, length));
        ArrayPool<byte>.Shared.Return(pooled);
        return failure with { Usage = payload.Usage };
    }

    private static AttemptFailure FailureOf(in OpenAIPayload payload, ReadOnlyMemory<byte> body)
    {
        if (!payload.ErrorRange.IsEmpty)
            return UpstreamFailures.OfErrorInside(VendorError.OfObject(body.Slice(payload.ErrorRange.Start, payload.ErrorRange.Length)));
        if (payload.FinishReason == "error")
            return UpstreamFailures.OfErrorInside(VendorError.Unknown);
        return UpstreamFailures.CutBeforeCommit(body.IsEmpty ? "The provider's answer was empty." : "The provider's answer was no whole chat completion.");
    }
}
