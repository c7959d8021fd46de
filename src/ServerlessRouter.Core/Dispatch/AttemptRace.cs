using ServerlessRouter.Chat;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Dispatch;

/// <summary>
/// An attempt, and, once it is slow, a second one for the same answer: the first of them that answers is given, the other is cancelled, and both are settled. When one
/// fails, the other is waited for.
/// </summary>
/// <param name="attempt">Makes an attempt: its outcome when it commits, null when it failed and is settled.</param>
/// <param name="time">The clock.</param>
internal sealed class AttemptRace(Func<AttemptContext, TimeSpan, CancellationToken, ValueTask<ChatOutcome?>> attempt, TimeProvider time)
{
    private sealed record Runner(AttemptContext Attempt, CancellationTokenSource Source, Task<ChatOutcome?> Run);

    /// <summary>The outcome that was first, or null when all that was tried failed and is settled.</summary>
    /// <param name="first">The attempt to begin with.</param>
    /// <param name="within">How long it may take, and a second one from its own start.</param>
    /// <param name="untilDeadline">When, from now, nothing more may be under way.</param>
    /// <param name="patience">How long it is waited for alone.</param>
    /// <param name="second">Begins a second attempt; null when none may be made after all.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public async ValueTask<ChatOutcome?> RunAsync(
        AttemptContext first, TimeSpan within, TimeSpan untilDeadline, TimeSpan patience, Func<AttemptContext?> second, CancellationToken cancellationToken)
    {
        using var ofFirst = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var favourite = new Runner(first, ofFirst, attempt(first, within, ofFirst.Token).AsTask());
        if (await EndsWithinAsync(favourite.Run, patience).ConfigureAwait(false) || second() is not { } rivalAttempt)
            return await favourite.Run.ConfigureAwait(false);

        using var ofRival = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var left = untilDeadline - time.GetElapsedTime(first.StartedAt);
        var rival = new Runner(rivalAttempt, ofRival, attempt(rivalAttempt, left < within ? left : within, ofRival.Token).AsTask());
        var (ended, other) = await Task.WhenAny(favourite.Run, rival.Run).ConfigureAwait(false) == favourite.Run ? (favourite, rival) : (rival, favourite);
        ChatOutcome? outcome;
        try
        {
            outcome = await ended.Run.ConfigureAwait(false);
        }
        catch
        {
            // The caller has left, or there is a bug: nothing goes on behind a request that has ended.
            await StopAsync(other).ConfigureAwait(false);
            throw;
        }

        if (outcome is null)
            return await other.Run.ConfigureAwait(false);
        other.Attempt.IsOutraced = true;
        await StopAsync(other).ConfigureAwait(false);
        first.Request.Answered = ended.Attempt;
        return outcome;
    }

    private async ValueTask<bool> EndsWithinAsync(Task run, TimeSpan patience)
    {
        if (run.IsCompleted)
            return true;
        using var decided = new CancellationTokenSource();
        var ended = await Task.WhenAny(run, Task.Delay(patience, time, decided.Token)).ConfigureAwait(false) == run;
        decided.Cancel();
        return ended;
    }

    private static async ValueTask StopAsync(Runner runner)
    {
        runner.Source.Cancel();
        await ((Task)runner.Run).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!runner.Run.IsCompletedSuccessfully)
            return;

        // It answered in the same moment.
        switch (await runner.Run.ConfigureAwait(false))
        {
            case ChatOutcome.Completed completed:
                completed.Answer.Dispose();
                break;
            case ChatOutcome.Streaming { Stream: AnsweringStream stream }:
                if (runner.Attempt.IsOutraced)
                    stream.Abandon(Outraced());
                await stream.DisposeAsync().ConfigureAwait(false);
                break;
        }
    }

    /// <summary>What an attempt is settled with whose answer is not waited for any more.</summary>
    public static AttemptFailure Outraced() => new(FailureKind.Outraced, "A second request for the same answer was faster.");
}
