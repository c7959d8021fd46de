using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Checks;

/// <summary>Asks the cascade's judge, a small model, whether the answer is good enough. Without a verdict in form and in time the answer is accepted, and the reason is kept.</summary>
internal sealed class JudgeCheck(ISideCalls sideCalls) : IAnswerCheck
{
    public const string Purpose = "judge";

    public string Name => AnswerCheckNames.Judge;

    public async ValueTask<AnswerVerdict> CheckAsync(AnswerToCheck answer, CancellationToken cancellationToken)
    {
        if (answer.Cascade.Judge is not { } judge || answer.Choice.Text.IsEmpty || answer.Choice.ToolCalls.Count > 0)
            return AnswerVerdict.Accepted;
        if (answer.Cascade.CostUsd is { } ceiling && answer.Request.SpentUsd >= ceiling)
            return AnswerVerdict.AcceptedWith("the judge was not asked: the money of the cascade is spent");
        if (answer.TimeLeft <= TimeSpan.Zero)
            return AnswerVerdict.AcceptedWith("the judge was not asked: the time of the cascade is over");

        var call = new SideCall(answer.Request, Purpose, judge.Model, JudgeFormat.Question(answer, judge.Model.Name), judge.Timeout) { TimeLeft = answer.TimeLeft };
        var result = await sideCalls.AskAsync(call, cancellationToken).ConfigureAwait(false);
        if (result.Text is not { } text)
            return AnswerVerdict.AcceptedWith($"the judge gave no verdict: {result.Problem}");
        if (!JudgeFormat.TryRead(text, out var score))
            return AnswerVerdict.AcceptedWith("the judge gave no verdict: its answer is not in form");
        var figures = FormattableString.Invariant($"the judge scores it {score:0.00}, and {judge.MinimumScore:0.00} is wanted");
        // Even the worst score is a judgement of something that is there.
        var verdict = score < judge.MinimumScore ? AnswerVerdict.Rejected(figures, Math.Max(score, AnswerWorth.Refused)) : AnswerVerdict.AcceptedWith(figures);
        return verdict with { Score = score };
    }
}
