using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Dispatch;

/// <summary>Ends attempts with what they used and cost: the vendor's figures as far as they can be, or an estimate from what was received.</summary>
internal static class Settlement
{
    // About four bytes of UTF-8 make a token in every vendor's tokenizer, for English text.
    private const int BytesPerToken = 4;

    /// <summary>Settles an attempt that answered properly.</summary>
    public static void Answered(AttemptContext attempt, long timestamp, TokenUsage? reported, long contentBytes) =>
        End(attempt, timestamp, null, Believed(attempt, reported, Estimate(attempt, contentBytes)));

    /// <summary>Settles an attempt that failed or was left, billed by what was received; nothing received costs nothing.</summary>
    public static void Failed(AttemptContext attempt, long timestamp, AttemptFailure failure, TokenUsage? reported = null, long contentBytes = 0)
    {
        if (attempt.Deployment is { } deployment)
            failure = failure.Redacted(deployment.Provider.Secrets);
        reported ??= failure.Usage;
        contentBytes = Math.Max(contentBytes, failure.ContentBytes);
        if (reported is null && contentBytes == 0)
        {
            attempt.End(timestamp, failure, default, 0);
            return;
        }

        // What a vendor reported before the break may be no more than a start: the text that came through counts too.
        var estimate = Estimate(attempt, contentBytes);
        var usage = Believed(attempt, reported, estimate);
        End(attempt, timestamp, failure, usage.CompletionTokens >= estimate.CompletionTokens ? usage : usage with { CompletionTokens = estimate.CompletionTokens, IsEstimated = true });
    }

    private static TokenUsage Believed(AttemptContext attempt, in TokenUsage? reported, in TokenUsage estimate) =>
        reported is { } told ? VendorFigures.Believed(attempt, told, estimate) : estimate;

    private static void End(AttemptContext attempt, long timestamp, AttemptFailure? failure, in TokenUsage usage) =>
        attempt.End(timestamp, failure, usage, usage.ReportedCostUsd ?? attempt.Model.Price.CostUsd(usage));

    private static TokenUsage Estimate(AttemptContext attempt, long contentBytes)
    {
        var prompt = attempt.Request.Profile is { } profile ? profile.PromptTokens : Tokens(attempt.Request.Request.Length);
        return new TokenUsage(prompt, Tokens(contentBytes)) { IsEstimated = true };
    }

    private static int Tokens(long bytes) => (int)Math.Min(int.MaxValue, (bytes + BytesPerToken - 1) / BytesPerToken);
}
