using System.Buffers;
using ServerlessRouter.Classification;
using ServerlessRouter.Classification.Answers;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Checks;

/// <summary>Rejects answers to questions of mathematics that show their working and leave out much of what the question gives.</summary>
internal sealed class UnusedGivensCheck : IAnswerCheck
{
    private const int MaxNumbers = 256;

    // With fewer, one number that plays no part would be too large a share.
    private const int MinGivens = 3;
    private const float MaxUnused = 0.34f;

    public string Name => AnswerCheckNames.UnusedGivens;

    public ValueTask<AnswerVerdict> CheckAsync(AnswerToCheck answer, CancellationToken cancellationToken) => new(Check(answer));

    private static AnswerVerdict Check(AnswerToCheck answer)
    {
        if (answer.Request.Profile is not { Task: TaskKind.Math } || answer.Choice.Text.IsEmpty)
            return AnswerVerdict.Accepted;
        var buffer = ArrayPool<byte>.Shared.Rent(ConversationText.MaxBytes);
        try
        {
            var given = new NumberSet(stackalloc double[MaxNumbers]);
            given.AddAll(buffer.AsSpan(0, ConversationText.Copy(answer.Request.Request, buffer)));
            var text = AnswerText.End(answer.Choice.Text.Span);
            if (given.Count < MinGivens || Equations.Of(text, new NumberSet(stackalloc double[MaxNumbers])).Count == 0)
                return AnswerVerdict.Accepted;

            var used = new NumberSet(stackalloc double[MaxNumbers]);
            used.AddAll(text);
            var unused = given.ShareMissingIn(used, default);
            return unused > MaxUnused
                ? AnswerVerdict.Rejected($"it never uses {(int)MathF.Round(unused * given.Count)} of the {given.Count} numbers in the question", FallbackScore.Miscalculated)
                : AnswerVerdict.Accepted;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
