using ServerlessRouter.Chat;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Benchmarks;

/// <summary>Stands for the providers: answers at once, always with the same answer.</summary>
internal sealed class AnsweringStage : IAttemptStage
{
    private static readonly ChatAnswer Answer = new([], 0);

    public ValueTask<AttemptResult> InvokeAsync(AttemptContext attempt, NextAttemptStage next, CancellationToken cancellationToken) => new(Answer);
}
