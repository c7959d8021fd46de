using System.Buffers.Text;
using System.Globalization;
using ServerlessRouter.Chat;
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
        attempt.End(timestamp, failure, usage, usage.ReportedCostUsd ?? attempt.PriceOf(usage).CostUsd(usage));

    private static TokenUsage Estimate(AttemptContext attempt, long contentBytes)
    {
        var prompt = attempt.Request.Profile is { } profile ? profile.PromptTokens : Tokens(attempt.Request.Request.Length);
        return new TokenUsage(prompt, Tokens(contentBytes)) { IsEstimated = true };
    }

    private static int Tokens(long bytes) => (int)Math.Min(int.MaxValue, (bytes + BytesPerToken - 1) / BytesPerToken);
}

/// <summary>
/// Believes of a vendor's figures what the call could have used, and no more: 1 a prompt of four times the context window or the body's bytes, 2 an answer of what was asked for
/// or came, 3 counts that are parts of others no larger than those, 4 a cost of ten times the list price and one USD. The router's own count takes the place of the rest.
/// </summary>
internal static class VendorFigures
{
    /// <summary>A vendor that runs tools of its own reads the prompt again after each.</summary>
    private const long MaxReadings = 4;

    /// <summary>What a vendor adds to an answer of any length: tool calls' own tokens, stop words, a last piece beyond the limit.</summary>
    private const long AnswerSlack = 1000;

    /// <summary>As many as any vendor answers with at once.</summary>
    private const int MaxChoices = 128;

    /// <summary>Room for what has no price here: searches, images, sound, a dearer service class.</summary>
    private const decimal MaxListPrices = 10;
    private const decimal CostSlackUsd = 1;

    /// <summary>What is believed of the figures told; the estimate stands in for the others, and <see cref="AttemptContext.Doubt"/> says which.</summary>
    public static TokenUsage Believed(AttemptContext attempt, in TokenUsage told, in TokenUsage estimate)
    {
        var usage = told;
        var (maxPrompt, maxAnswer) = (MaxPrompt(attempt), MaxAnswer(attempt, told, estimate));
        if (usage.PromptTokens > maxPrompt || usage.PromptTokens < 0)
        {
            Doubt(attempt, "prompt tokens", usage.PromptTokens, maxPrompt);
            usage = usage with { PromptTokens = estimate.PromptTokens, IsEstimated = true };
        }

        if (usage.CompletionTokens > maxAnswer || usage.CompletionTokens < 0)
        {
            Doubt(attempt, "answer tokens", usage.CompletionTokens, maxAnswer);
            usage = usage with { CompletionTokens = estimate.CompletionTokens, IsEstimated = true };
        }

        usage = Consistent(WithoutZeros(attempt, usage, estimate));
        return usage.ReportedCostUsd is { } cost ? usage with { ReportedCostUsd = BelievedCost(attempt, usage, cost) } : usage;
    }

    /// <summary>Where there was text, a count of nothing is no count.</summary>
    private static TokenUsage WithoutZeros(AttemptContext attempt, in TokenUsage usage, in TokenUsage estimate)
    {
        if (attempt.Operation != AttemptOperation.Chat || estimate.CompletionTokens == 0)
            return usage;
        var whole = usage;
        if (whole.PromptTokens == 0)
            whole = whole with { PromptTokens = estimate.PromptTokens, IsEstimated = true };
        return whole.CompletionTokens == 0 ? whole with { CompletionTokens = estimate.CompletionTokens, IsEstimated = true } : whole;
    }

    private static TokenUsage Consistent(in TokenUsage usage)
    {
        var cached = Math.Clamp(usage.CachedTokens, 0, usage.PromptTokens);
        var written = Math.Clamp(usage.CacheWriteTokens, 0, usage.PromptTokens - cached);
        return usage with
        {
            CachedTokens = cached,
            CacheWriteTokens = written,
            HourCacheWriteTokens = Math.Clamp(usage.HourCacheWriteTokens, 0, written),
            ReasoningTokens = Math.Clamp(usage.ReasoningTokens, 0, usage.CompletionTokens),
        };
    }

    /// <summary>Null where the list price counts: the cost cannot be, or the vendor says nothing of what is not free.</summary>
    private static decimal? BelievedCost(AttemptContext attempt, in TokenUsage usage, decimal cost)
    {
        var list = attempt.PriceOf(usage).CostUsd(usage);
        if (cost <= 0)
            return list > 0 ? null : 0;
        var most = (list * MaxListPrices) + CostSlackUsd;
        if (cost <= most)
            return cost;
        Doubt(attempt, "USD", cost, most);
        return null;
    }

    private static long MaxPrompt(AttemptContext attempt) => MaxReadings * Math.Max(attempt.Model.ContextWindow, attempt.Request.Request.Length);

    /// <summary>A model that thinks may do so beyond the limit the caller set.</summary>
    private static long MaxAnswer(AttemptContext attempt, in TokenUsage told, in TokenUsage estimate)
    {
        var model = attempt.Model;
        long most = model.MaxOutputTokens ?? model.ContextWindow;
        var thinks = told.ReasoningTokens > 0 || model.Capabilities.HasFlag(Capabilities.Reasoning);
        if (!thinks && attempt.Request.Request.MaxOutputTokens is { } asked)
            most = Math.Min(most, asked);
        most = (MaxReadings * most) + AnswerSlack;
        if (told.CompletionTokens <= most)
            return most;
        // No token is shorter than a byte, and the estimate takes four for one.
        return Math.Max(most * Choices(attempt.Request.Request), 4L * estimate.CompletionTokens);
    }

    private static int Choices(ChatRequest request) =>
        request.TryGetMember("n"u8, out var member) && Utf8Parser.TryParse(member.Value.In(request.Bytes), out int count, out _) ? Math.Clamp(count, 1, MaxChoices) : 1;

    private static void Doubt(AttemptContext attempt, string what, decimal told, decimal most)
    {
        var doubt = string.Create(CultureInfo.InvariantCulture, $"{told} {what}, where the call could have come to {most:0.######} at most");
        attempt.Doubt = attempt.Doubt is { } before ? $"{before}; {doubt}" : doubt;
    }
}
