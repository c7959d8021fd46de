using ServerlessRouter.Classification.Answers;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Checks;

/// <summary>
/// Rejects answers with a sum that does not add up, such as <c>12*3 = 35</c>, and, to questions of mathematics, those whose stated result is not what their last sum comes to.
/// Code, where the sign means something else, is not read.
/// </summary>
internal sealed class ArithmeticCheck : IAnswerCheck
{
    private const int MaxResults = 256;
    private const double Tolerance = 0.011;

    public string Name => AnswerCheckNames.Arithmetic;

    public ValueTask<AnswerVerdict> CheckAsync(AnswerToCheck answer, CancellationToken cancellationToken) => new(Check(answer));

    private static AnswerVerdict Check(AnswerToCheck answer)
    {
        if (answer.Request.Profile is { Task: TaskKind.Code } || answer.Choice.Text.IsEmpty)
            return AnswerVerdict.Accepted;
        var text = answer.Choice.Text.Span;
        var end = AnswerText.End(text);
        var last = Equations.Of(end, new NumberSet(stackalloc double[MaxResults]));
        var (wrong, count) = (last.Wrong, last.Count);
        if (text.Length > end.Length)
        {
            var earlier = Equations.Of(AnswerText.Start(text[..^end.Length]), new NumberSet(stackalloc double[MaxResults]));
            (wrong, count) = (wrong + earlier.Wrong, count + earlier.Count);
        }

        if (wrong > 0)
            return AnswerVerdict.Rejected($"{wrong} of its {count} sums do not add up", FallbackScore.Miscalculated);
        return answer.Request.Profile is { Task: TaskKind.Math } && IsOtherResult(end, last)
            ? AnswerVerdict.Rejected("its stated result is not what its last sum comes to", FallbackScore.Miscalculated)
            : AnswerVerdict.Accepted;
    }

    private static bool IsOtherResult(ReadOnlySpan<byte> text, in Equations equations) =>
        equations.Count is > 0 and < MaxResults && FinalAnswer.TryFind(text, out var stated) == FinalAnswerKind.Number
        && Math.Abs(equations.Results.Last - stated) > Tolerance;
}
