using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Checks;

/// <summary>Rejects answers that the vendor cut: by its own length limit, or by its content filter.</summary>
/// <remarks>A cut at the length the caller asked for is the caller's wish: a stronger model would be cut there too.</remarks>
internal sealed class FinishReasonCheck : IAnswerCheck
{
    public string Name => AnswerCheckNames.FinishReason;

    public ValueTask<AnswerVerdict> CheckAsync(AnswerToCheck answer, CancellationToken cancellationToken) => new(answer.Choice.FinishReason switch
    {
        "length" when !IsCallersLength(answer) => AnswerVerdict.Rejected("it was cut at the model's length limit", AnswerWorth.CutShort),
        "content_filter" => AnswerVerdict.Rejected("it was cut by the vendor's content filter", AnswerWorth.CutShort),
        _ => AnswerVerdict.Accepted,
    });

    private static bool IsCallersLength(AnswerToCheck answer) =>
        answer.Request.Request.MaxOutputTokens is { } most && (answer.Attempt.Model.MaxOutputTokens is not { } own || most <= own);
}
