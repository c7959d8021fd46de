using System.Buffers;
using ServerlessRouter.Classification;
using ServerlessRouter.Classification.Answers;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Checks;

/// <summary>Rejects what is no answer: nothing at all, or, to a question for a number, no number or an announced one that does not come.</summary>
internal sealed class FinalAnswerCheck : IAnswerCheck
{
    private static readonly SearchValues<byte> Digits = SearchValues.Create("0123456789"u8);

    // Questions of mathematics that are answered in words.
    private static readonly PhraseList WordsWanted = new("prove", "proof", "show that", "explain", "why ", "define", "describe", "derive", "true or false", "yes or no");

    private static readonly PhraseList NumberWords = new(
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
        "hundred", "thousand", "million", "half", "third", "quarter", "infinit", "no solution", "undefined", "\\pi", "\u03C0");

    public string Name => AnswerCheckNames.FinalAnswer;

    public ValueTask<AnswerVerdict> CheckAsync(AnswerToCheck answer, CancellationToken cancellationToken) => new(Check(answer));

    private static AnswerVerdict Check(AnswerToCheck answer)
    {
        var choice = answer.Choice;
        var text = choice.Text.Span.Trim(" \t\r\n"u8);
        if (choice.ToolCalls.Count > 0 || choice.HasMedia || choice.IsRefusal)
            return AnswerVerdict.Accepted;
        if (text.IsEmpty)
            return AnswerVerdict.Rejected("it is empty", FallbackScore.Nothing);
        if (!WantsNumber(answer.Request))
            return AnswerVerdict.Accepted;

        var end = AnswerText.End(text);
        if (text.IndexOfAny(Digits) < 0 && !NumberWords.IsIn(AnswerText.Start(text)) && !NumberWords.IsIn(end))
            return AnswerVerdict.Rejected("a number was asked for and there is none in it", FallbackScore.BesideTheQuestion);
        return FinalAnswer.TryFind(end, out _) == FinalAnswerKind.Malformed && !NumberWords.IsIn(end)
            ? AnswerVerdict.Rejected("it announces its result and then has no number", FallbackScore.BesideTheQuestion)
            : AnswerVerdict.Accepted;
    }

    private static bool WantsNumber(RequestContext request)
    {
        if (request.Profile is not { Task: TaskKind.Math })
            return false;
        var buffer = ArrayPool<byte>.Shared.Rent(ConversationText.MaxBytes);
        try
        {
            var question = buffer.AsSpan(0, ConversationText.Copy(request.Request, buffer));
            return question.IndexOfAny(Digits) >= 0 && !WordsWanted.IsIn(question);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
