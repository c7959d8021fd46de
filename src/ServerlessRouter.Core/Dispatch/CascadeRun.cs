using ServerlessRouter.Chat;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Dispatch;

/// <summary>One request's way up a cascade: has answers checked, keeps the rejected ones back, and gives the best of them where nothing better comes.</summary>
/// <remarks>Owns what it keeps; the caller's leaving in the middle of a check loses nothing of it.</remarks>
internal sealed class CascadeRun(RequestContext request, CascadePlan plan, TimeSpan deadline, IReadOnlyList<IAnswerCheck> checks, TimeProvider time) : IAsyncDisposable
{
    private readonly List<(int Attempt, ChatOutcome Outcome)> _kept = new(2);
    private bool _isChecking;

    /// <summary>From arrival until a further step must have answered.</summary>
    public TimeSpan Deadline { get; } = plan.Model.Deadline is { } own && own < deadline ? own : deadline;

    public CascadeBounds Bounds => new(plan.Steps, Deadline, plan.Model.CostUsd);

    /// <summary>Most bytes of an answer that are kept back.</summary>
    public int MostBytes => plan.Model.BufferBytes;

    /// <summary>The answer of the attempt under way is checked, so it must be kept from the caller until it is whole.</summary>
    public bool IsChecking => _isChecking;

    /// <summary>What is left of the cascade's time.</summary>
    public TimeSpan TimeLeft => Deadline - time.GetElapsedTime(request.ReceivedAt);

    /// <summary>An attempt is begun.</summary>
    public void Begin(in DispatchStep step) => _isChecking = step.IsChecked;

    /// <summary>Gives back the answer of the last attempt if it may be given; one that may not is kept back or, worth nothing, dropped.</summary>
    public async ValueTask<ChatOutcome?> CheckAsync(ChatOutcome outcome, CancellationToken cancellationToken)
    {
        if (!_isChecking)
            return Ends(outcome, CascadeEnding.LastStep);
        if (ChoicesOf(outcome) is not { } choices)
            return Ends(outcome, CascadeEnding.Unchecked);

        var attempt = request.Attempts[^1];
        _kept.Add((request.Attempts.Count - 1, outcome));
        var results = new List<CheckResult>(checks.Count);
        var worth = await CheckAsync(attempt, choices, results, cancellationToken).ConfigureAwait(false);
        attempt.Checks = results;
        if (worth is null)
        {
            _kept.RemoveAt(_kept.Count - 1);
            return Ends(outcome, CascadeEnding.Accepted);
        }

        request.Answered = null;
        if (worth > 0)
            return null;
        _kept.RemoveAt(_kept.Count - 1);
        await DisposeAsync(outcome).ConfigureAwait(false);
        return null;
    }

    /// <summary>Hands out the answer that was kept back from this attempt.</summary>
    public ChatOutcome Give(in DispatchStep step)
    {
        var position = step.Accepted;
        var place = _kept.FindIndex(kept => kept.Attempt == position);
        var outcome = _kept[place].Outcome;
        _kept.RemoveAt(place);
        request.Answered = request.Attempts[position];
        request.CascadeEnding = step.Ending;
        return outcome;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, outcome) in _kept)
            await DisposeAsync(outcome).ConfigureAwait(false);
        _kept.Clear();
    }

    private static ValueTask DisposeAsync(ChatOutcome outcome)
    {
        switch (outcome)
        {
            case ChatOutcome.Completed completed:
                completed.Answer.Dispose();
                return default;
            case ChatOutcome.Streaming streaming:
                return streaming.Stream.DisposeAsync();
            default:
                return default;
        }
    }

    private ChatOutcome Ends(ChatOutcome outcome, CascadeEnding ending)
    {
        request.CascadeEnding = ending;
        return outcome;
    }

    /// <summary>What the answer says; null when it is longer than is kept back, or not whole.</summary>
    private IReadOnlyList<AnswerChoice>? ChoicesOf(ChatOutcome outcome) => outcome switch
    {
        ChatOutcome.Completed { Answer.Body: var body } when body.Length <= MostBytes => AnswerReader.OfBody(body),
        ChatOutcome.Streaming { Stream: AnsweringStream { IsWhole: true } stream } => AnswerReader.OfEvents(stream.Batch),
        _ => null,
    };

    /// <summary>Null when every check accepts every choice; else what the answer is still worth.</summary>
    private async ValueTask<double?> CheckAsync(
        AttemptContext attempt, IReadOnlyList<AnswerChoice> choices, List<CheckResult> results, CancellationToken cancellationToken)
    {
        if (choices.Count == 0)
        {
            results.Add(new CheckResult(Configuration.AnswerCheckNames.FinalAnswer, AnswerVerdict.Rejected("the answer has no choice in it", 0)));
            return 0;
        }

        foreach (var check in checks)
        {
            foreach (var choice in choices)
            {
                var verdict = await check.CheckAsync(Question(attempt, choice), cancellationToken).ConfigureAwait(false);
                if (verdict.IsAccepted && verdict.Why is null && choice != choices[^1])
                    continue;
                results.Add(new CheckResult(check.Name, verdict));
                if (!verdict.IsAccepted)
                    return verdict.Worth;
            }
        }

        return null;
    }

    private AnswerToCheck Question(AttemptContext attempt, AnswerChoice choice) => new()
    {
        Request = request,
        Attempt = attempt,
        Cascade = plan.Model,
        Choice = choice,
        TimeLeft = TimeLeft,
    };
}
