using ServerlessRouter.Chat;
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
    private const double MostUsd = 1e9;

    /// <summary>The candidate without what its answer is expected to cost.</summary>
    public static DispatchCandidate Of(PlannedCandidate planned, ChatRequest request) => new(
        planned.Model.ContextWindow, planned.Model.Deployments.Length, AnswersWhole: !planned.Model.Streams,
        PatienceSeconds: PlainPatience.Of(planned, request).TotalSeconds);

    public static DispatchCandidate WithCost(PlannedCandidate planned, ChatRequest request) =>
        Of(planned, request) with { ExpectedUsd = double.IsFinite(planned.CostUsd) ? (decimal)Math.Clamp(planned.CostUsd, 0, MostUsd) : 0 };
}
