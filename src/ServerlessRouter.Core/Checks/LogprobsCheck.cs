using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Checks;

/// <summary>
/// Rejects answers whose least sure tokens were almost drawn by lot. Looks at the tail, because the mean over an answer hides the few words that decide it (Gupta et al. 2024,
/// "Language Model Cascades: Token-level uncertainty and beyond").
/// </summary>
/// <remarks>Decides only where log probabilities were sent, which vendors do where the caller asked for them.</remarks>
internal sealed class LogprobsCheck : IAnswerCheck
{
    /// <summary>Share of the tokens that is looked at, the least sure ones.</summary>
    public const double Tail = 0.1;

    /// <summary>Mean margin over the tail below which an answer is rejected.</summary>
    public const double LeastMargin = 0.1;

    public string Name => AnswerCheckNames.Logprobs;

    public ValueTask<AnswerVerdict> CheckAsync(AnswerToCheck answer, CancellationToken cancellationToken)
    {
        var margins = answer.Choice.Margins;
        if (margins.Count == 0)
            return new(AnswerVerdict.Accepted);

        var sorted = margins.Order().Take((int)Math.Ceiling(margins.Count * Tail));
        var margin = sorted.Average();
        return new(margin < LeastMargin
            ? AnswerVerdict.Rejected(FormattableString.Invariant($"its least sure words led the next best by {margin:0.00} of probability"), AnswerWorth.Unsure)
            : AnswerVerdict.Accepted);
    }
}
