using ServerlessRouter.Chat;

namespace ServerlessRouter.Classification;

/// <summary>Estimates the tokens of a whole request: texts, tool definitions, images and what each message costs by itself.</summary>
internal static class PromptSize
{
    /// <summary>OpenAI counts three or four for each message and three to prime the answer.</summary>
    private const int TokensPerMessage = 4;
    private const int TokensPerRequest = 3;

    /// <summary>An image of 1024 × 1024 in high detail is 765 tokens to OpenAI and about as many elsewhere; its size is not known here.</summary>
    private const int TokensPerImage = 765;

    /// <summary>JSON schemas and call arguments: short names, much punctuation.</summary>
    private const int SchemaBytesPerToken = 4;

    /// <summary>Most that is measured of one text, and of all; the rest is taken to be like it. Deciding must not cost more for a long prompt.</summary>
    private const int MeasuredBytesPerText = 512;
    private const int MeasuredBytes = 2 * 1024;

    public static int EstimateTokens(ChatRequest request)
    {
        var bytes = request.Bytes;
        var measuredBytes = 0L;
        var measuredTokens = 0L;
        var textBytes = 0L;
        foreach (var piece in request.TextList)
        {
            textBytes += piece.Range.Length;
            if (measuredBytes >= MeasuredBytes)
                continue;
            var part = piece.Range.In(bytes);
            if (part.Length > MeasuredBytesPerText)
                part = part[..MeasuredBytesPerText];
            measuredBytes += part.Length;
            measuredTokens += TokenEstimator.Estimate(part);
        }

        var texts = measuredBytes == 0 ? 0 : measuredTokens * textBytes / measuredBytes;
        return (int)Math.Min(
            int.MaxValue,
            texts + TokensPerRequest + ((long)TokensPerMessage * request.MessageCount) + ((long)TokensPerImage * request.ImageCount) + (request.SchemaBytes / SchemaBytesPerToken));
    }
}
