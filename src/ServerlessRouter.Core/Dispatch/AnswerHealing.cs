using ServerlessRouter.Chat;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Dispatch;

/// <summary>Puts healed texts into answers: of whole answers in the schema they are written in, of streams that are kept until they are whole.</summary>
internal sealed class AnswerHealing(IAnswerHealer healer)
{
    /// <summary>The answer with healed texts, or as it is. The attempt learns whether anything was healed.</summary>
    public ChatOutcome Heal(AttemptContext attempt, ChatOutcome outcome) => outcome switch
    {
        ChatOutcome.Completed completed => HealWhole(attempt, completed),
        ChatOutcome.Streaming { Stream: AnsweringStream { IsWhole: true } stream } => HealKept(attempt, stream, outcome),
        _ => outcome,
    };

    private ChatOutcome.Completed HealWhole(AttemptContext attempt, ChatOutcome.Completed completed)
    {
        var answer = completed.Answer;
        var texts = AnswerTexts.Of(answer.Body, answer.Schema);
        // From the last, so that the places of the others stay where they are.
        for (var choice = texts.Count - 1; choice >= 0; choice--)
        {
            var (range, end) = texts[choice];
            if (HealText(attempt, AnswerTexts.Decode(answer.Body.Span, range), end) is { } healed)
                answer = answer.WithString(range, healed.Span);
        }

        return ReferenceEquals(answer, completed.Answer) ? completed : new ChatOutcome.Completed(answer);
    }

    private ChatOutcome HealKept(AttemptContext attempt, AnsweringStream stream, ChatOutcome outcome)
    {
        var choices = AnswerReader.OfEvents(stream.Batch);
        Dictionary<int, ReadOnlyMemory<byte>>? texts = null;
        for (var index = 0; index < choices.Count; index++)
        {
            var choice = choices[index];
            if (choice.ToolCalls.Count == 0 && !choice.IsRefusal && HealText(attempt, choice.Text, AnswerTexts.EndOf(choice.FinishReason)) is { } healed)
                (texts ??= [])[index] = healed;
        }

        if (texts is not null)
            stream.Replace(HealedEvents.Write(stream.Batch, texts));
        return outcome;
    }

    private ReadOnlyMemory<byte>? HealText(AttemptContext attempt, ReadOnlyMemory<byte> text, AnswerEnd end)
    {
        var request = attempt.Request.Request;
        var healed = healer.Heal(request, text, end, request.WantsHealing);
        attempt.IsHealed |= healed is not null;
        return healed;
    }
}
