using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Checks;

/// <summary>Rejects refusals: those the vendor marks, and texts that begin with one.</summary>
internal sealed class RefusalCheck : IAnswerCheck
{
    // Further in, "I can't" is mostly part of a story or of advice.
    private const int OpeningBytes = 160;

    private static readonly PhraseList Refusals = new(
        "I cannot", "I can't", "I can not", "I'm sorry, but", "I am sorry, but", "Sorry, but I", "I'm unable", "I am unable", "I'm not able to", "I am not able to", "As an AI", "As a language model",
        "I won't be able", "I will not", "I must decline", "I have to decline", "I don't have access", "I do not have access", "against my guidelines");

    public string Name => AnswerCheckNames.Refusal;

    public ValueTask<AnswerVerdict> CheckAsync(AnswerToCheck answer, CancellationToken cancellationToken)
    {
        if (answer.Choice.IsRefusal)
            return new(AnswerVerdict.Rejected("the vendor marks it as a refusal", AnswerWorth.Refused));
        if (answer.Choice.ToolCalls.Count > 0)
            return new(AnswerVerdict.Accepted);
        var opening = AnswerText.Start(answer.Choice.Text.Span.TrimStart(" \t\r\n"u8), OpeningBytes);
        return new(Refusals.IsIn(opening) ? AnswerVerdict.Rejected("it begins with a refusal", AnswerWorth.Refused) : AnswerVerdict.Accepted);
    }
}
