using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Jobs.Requests;

/// <summary>A check's verdict, as it is kept.</summary>
public sealed record CheckTrace(string Check, bool IsAccepted, string? Why, double Worth, double? Score)
{
    public static CheckTrace Of(CheckResult result) => new(result.Check, result.Verdict.IsAccepted, result.Verdict.Why, result.Verdict.Worth, result.Verdict.Score);

    public CheckResult Restore()
    {
        var verdict = (IsAccepted, Why) switch
        {
            (true, null) => AnswerVerdict.Accepted,
            (true, { } why) => AnswerVerdict.AcceptedWith(why),
            (false, _) => AnswerVerdict.Rejected(Why ?? "", Worth),
        };
        return new CheckResult(Check, verdict with { Score = Score });
    }
}
