using ServerlessRouter.Classification.Answers;
using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Checks;

/// <summary>Rejects answers with a sum that does not add up, such as <c>12*3 = 35</c>; code, where the sign means something else, excepted.</summary>
internal sealed class ArithmeticCheck : IAnswerCheck
{
    private const int MostResults = 256;

    public string Name => AnswerCheckNames.Arithmetic;

    public ValueTask<AnswerVerdict> CheckAsync(AnswerToCheck answer, CancellationToken cancellationToken) => new(Check(answer));

    private static AnswerVerdict Check(AnswerToCheck answer)
    {
        if (answer.Request.Profile is { Task: TaskKind.Code } || answer.Choice.Text.IsEmpty)
            return AnswerVerdict.Accepted;
        var text = answer.Choice.Text.Span;
        var equations = Equations.Of(AnswerText.Start(text), new NumberSet(stackalloc double[MostResults]));
        var (wrong, count) = (equations.Wrong, equations.Count);
        if (text.Length > AnswerText.MostBytes)
        {
            var further = Equations.Of(AnswerText.End(text, Math.Min(AnswerText.MostBytes, text.Length - AnswerText.MostBytes)), new NumberSet(stackalloc double[MostResults]));
            (wrong, count) = (wrong + further.Wrong, count + further.Count);
        }

        return wrong == 0 ? AnswerVerdict.Accepted : AnswerVerdict.Rejected($"{wrong} of its {count} sums do not add up", AnswerWorth.Miscalculated);
    }
}
