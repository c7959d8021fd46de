using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Checks;

/// <summary>Rejects answers that were cut: by the vendor's length limit, by its content filter, or, whatever the vendor says, inside a code block.</summary>
/// <remarks>A cut at the length the caller asked for is the caller's wish: a stronger model would be cut there too.</remarks>
internal sealed class FinishReasonCheck : IAnswerCheck
{
    public string Name => AnswerCheckNames.FinishReason;

    public ValueTask<AnswerVerdict> CheckAsync(AnswerToCheck answer, CancellationToken cancellationToken) => new(answer.Choice.FinishReason switch
    {
        "length" when !IsCallersLength(answer) => AnswerVerdict.Rejected("it was cut at the model's length limit", AnswerWorth.CutShort),
        "content_filter" => AnswerVerdict.Rejected("it was cut by the vendor's content filter", AnswerWorth.CutShort),
        "stop" when answer.Choice.Text.Span.Count("```"u8) % 2 == 1 => AnswerVerdict.Rejected("it ends inside a code block", AnswerWorth.CutShort),
        _ => AnswerVerdict.Accepted,
    });

    private static bool IsCallersLength(AnswerToCheck answer) =>
        answer.Request.Request.MaxOutputTokens is { } most && (answer.Attempt.Model.MaxOutputTokens is not { } own || most <= own);
}
