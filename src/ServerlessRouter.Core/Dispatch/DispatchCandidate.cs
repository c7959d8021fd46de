using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Dispatch;

/// <summary>What the dispatch decision knows of a planned model.</summary>
/// <param name="ContextWindow">Tokens of prompt and answer together.</param>
/// <param name="Deployments">How many deployments serve it.</param>
/// <param name="ExpectedUsd">What its answer is expected to cost; only a cascade asks.</param>
/// <param name="AnswersWhole">It answers in one piece even where a stream is wanted, so there is no first token to wait for.</param>
/// <param name="PatienceSeconds">How long a plain answer of it is waited for while another could be asked; 0 leaves it to the time that is left.</param>
public readonly record struct DispatchCandidate(int ContextWindow, int Deployments, decimal ExpectedUsd = 0, bool AnswersWhole = false, double PatienceSeconds = 0)
{
    private const double MaxUsd = 1e9;

    /// <summary>The candidate without what its answer is expected to cost.</summary>
    public static DispatchCandidate Of(PlannedCandidate planned, ChatRequest request) => new(
        planned.Model.ContextWindow, planned.Model.Deployments.Length, AnswersWhole: !planned.Model.Streams,
        PatienceSeconds: PlainPatience.Of(planned, request).TotalSeconds);

    public static DispatchCandidate WithCost(PlannedCandidate planned, ChatRequest request) =>
        Of(planned, request) with { ExpectedUsd = double.IsFinite(planned.CostUsd) ? (decimal)Math.Clamp(planned.CostUsd, 0, MaxUsd) : 0 };
}

/// <summary>
/// How long a plain answer is waited for while another deployment or model could still be asked, and the route says nothing: so long that healthy answers have ended, because one
/// that hangs looks like one that is slow until its end.
/// </summary>
/// <remarks>
/// A model that was measured gets <see cref="ExpectedTimes"/> times what is expected of it. One that was not gets the silence that a stream of it would get, and then the time of a
/// long answer at <see cref="AssumedTokensPerSecond"/>. No model gets less than <see cref="Min"/>, and one that may think first no less than <see cref="MinThinking"/>.
/// </remarks>
internal static class PlainPatience
{
    /// <summary>As long as a stream may be silent by default: a cold start, a queue, a prompt of a hundred thousand tokens.</summary>
    public static readonly TimeSpan Min = TimeSpan.FromSeconds(RouteLimits.DefaultFirstTokenSeconds);

    /// <summary>Models think for minutes before their first word, more or less of them with each question, so that what is expected says little.</summary>
    public static readonly TimeSpan MinThinking = TimeSpan.FromMinutes(5);

    /// <summary>Nearly all that is served is faster, a large model on one machine as well.</summary>
    public const double AssumedTokensPerSecond = 20;

    /// <summary>An answer may be so long whatever is expected of it, unless the caller or the model bounds it.</summary>
    public const int LongAnswerTokens = 600;

    private const double ExpectedTimes = 3;
    private const double MaxSeconds = 86_400;

    public static TimeSpan Of(PlannedCandidate planned, ChatRequest request)
    {
        var known = planned.LatencySeconds is { } latency && double.IsFinite(latency) && latency > 0 ? latency : 0;
        var seconds = known > 0 ? ExpectedTimes * known : Min.TotalSeconds + (LongAnswer(planned, request) / AssumedTokensPerSecond);
        var least = MayThink(planned.Model, request, isMeasured: known > 0) ? MinThinking : Min;
        return TimeSpan.FromSeconds(Math.Clamp(seconds, least.TotalSeconds, MaxSeconds));
    }

    private static double LongAnswer(PlannedCandidate planned, ChatRequest request)
    {
        // Vectors have no length to wait for.
        if (request.Embeddings is not null)
            return 0;
        var tokens = Math.Max(LongAnswerTokens, ExpectedTimes * planned.OutputTokens);
        return Math.Min(tokens, Math.Min(request.MaxOutputTokens ?? int.MaxValue, planned.Model.MaxOutputTokens ?? int.MaxValue));
    }

    /// <summary>What was measured has the usual thinking in it. Of a model without declared capabilities nothing is known.</summary>
    private static bool MayThink(LanguageModel model, ChatRequest request, bool isMeasured)
    {
        if (!model.AnswersChat)
            return false;
        var declares = model.Capabilities.HasFlag(Capabilities.Reasoning);
        return isMeasured ? declares && request.Needs.HasFlag(Capabilities.Reasoning) : declares || (model.Capabilities & ~Capabilities.Streaming) == Capabilities.None;
    }
}
