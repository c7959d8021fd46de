using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Checks;

/// <summary>Rejects answers that say themselves that they do not know; stories, in which a character may say so, excepted.</summary>
internal sealed class HedgingCheck : IAnswerCheck
{
    private static readonly PhraseList Hedges = new(
        "I'm not sure", "I am not sure", "I'm not certain", "I am not certain", "I'm unsure", "I don't know", "I do not know", "cannot be determined", "can't be determined",
        "cannot determine", "can't determine", "not enough information", "insufficient information", "my best guess", "I might be wrong", "I may be wrong", "I could be wrong");

    public string Name => AnswerCheckNames.Hedging;

    public ValueTask<AnswerVerdict> CheckAsync(AnswerToCheck answer, CancellationToken cancellationToken)
    {
        var text = answer.Choice.Text.Span;
        if (answer.Request.Profile is { Task: TaskKind.Creative or TaskKind.Translation } || text.IsEmpty)
            return new(AnswerVerdict.Accepted);
        var hedges = Hedges.IsIn(AnswerText.Start(text)) || (text.Length > AnswerText.MostBytes && Hedges.IsIn(AnswerText.End(text)));
        return new(hedges ? AnswerVerdict.Rejected("it says itself that it is not sure", AnswerWorth.Unsure) : AnswerVerdict.Accepted);
    }
}
