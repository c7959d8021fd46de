using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Dispatch;

/// <summary>One request's way up a cascade: has answers checked, keeps the rejected ones back, and gives the best of them where nothing better comes.</summary>
/// <remarks>Owns what it keeps; the caller's leaving in the middle of a check loses nothing of it.</remarks>
internal sealed class CascadeRun(RequestContext request, CascadeModel model, CascadeBounds bounds, IReadOnlyList<IAnswerCheck> checks, TimeProvider time) : IAsyncDisposable
{
    /// <summary>By position among the facts.</summary>
    private readonly List<(int Attempt, ChatOutcome Outcome)> _kept = new(2);
    private bool _isChecking;

    public CascadeBounds Bounds => bounds;

    /// <summary>Most bytes of an answer that are kept back.</summary>
    public int MaxBytes => model.BufferBytes;

    /// <summary>The answer of the attempt under way is checked, so it must be kept from the caller until it is whole.</summary>
    public bool IsChecking => _isChecking;

    /// <summary>What is left of the cascade's time.</summary>
    public TimeSpan TimeLeft => bounds.Deadline - time.GetElapsedTime(request.ReceivedAt);

    /// <summary>What holds for a live request: the cascade's own deadline, or the request's where that is sooner.</summary>
    public static CascadeBounds BoundsOf(CascadePlan plan, RouteLimits limits) =>
        new(plan.Steps, plan.Model.Deadline is { } own && own < limits.Deadline ? own : limits.Deadline, plan.Model.CostUsd);

    /// <summary>An attempt is begun.</summary>
    public void Begin(in DispatchStep step) => _isChecking = step.IsChecked;

    /// <summary>The answer of the last attempt is given, because no stronger model stands behind it.</summary>
    public ChatOutcome EndAtLastStep(ChatOutcome outcome)
    {
        request.CascadeEnding = CascadeEnding.LastStep;
        return outcome;
    }

    /// <summary>Keeps back the answer of the last attempt.</summary>
    public void Keep(ChatOutcome outcome) => Keep(request.Attempts.Count - 1 - request.RoundAt, outcome);

    /// <summary>Keeps back the answer of this attempt.</summary>
    public void Keep(int attempt, ChatOutcome outcome)
    {
        request.Answered = null;
        _kept.Add((attempt, outcome));
    }

    /// <summary>The answer just kept back, for a driver that has it checked in another turn; null when none was.</summary>
    public ChatAnswer? TakeUnchecked()
    {
        if (!_isChecking || _kept is not [.., (_, ChatOutcome.Completed completed)])
            return null;
        _kept.RemoveAt(_kept.Count - 1);
        return completed.Answer;
    }

    /// <summary>The kept answer if it may be given; else what it is still worth, and it stays kept back or, worth nothing, is dropped.</summary>
    public async ValueTask<(ChatOutcome? Given, double FallbackScore)> CheckAsync(int position, CancellationToken cancellationToken)
    {
        var outcome = _kept[^1].Outcome;
        if (ChoicesOf(outcome) is not { } choices)
            return (Give(position, CascadeEnding.Unchecked), 0);

        var attempt = request.Attempts[request.RoundAt + position];
        var results = new List<CheckResult>(checks.Count);
        var score = await CheckAsync(attempt, choices, results, cancellationToken).ConfigureAwait(false);
        attempt.Checks = results;
        if (score is not { } left)
            return (Give(position, CascadeEnding.Accepted), 0);
        if (left > 0)
            return (null, left);
        _kept.RemoveAt(_kept.Count - 1);
        await DisposeAsync(outcome).ConfigureAwait(false);
        return (null, 0);
    }

    /// <summary>Heals the answer just kept back, where the cascade looks at its JSON or the caller asks for it.</summary>
    public void Heal(AnswerHealing healing, int position)
    {
        if (!request.Request.WantsHealing && !checks.Any(static check => check.Name == AnswerCheckNames.JsonSchema))
            return;
        var (attempt, outcome) = _kept[^1];
        _kept[^1] = (attempt, healing.Heal(request.Attempts[request.RoundAt + position], outcome));
    }

    /// <summary>Hands out the answer that was kept back from this attempt.</summary>
    public ChatOutcome Give(in DispatchStep step) => Give(step.Accepted, step.Ending);

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, outcome) in _kept)
            await DisposeAsync(outcome).ConfigureAwait(false);
        _kept.Clear();
    }

    private ChatOutcome Give(int position, CascadeEnding? ending)
    {
        var place = _kept.FindIndex(kept => kept.Attempt == position);
        var outcome = _kept[place].Outcome;
        _kept.RemoveAt(place);
        request.Answered = request.Attempts[request.RoundAt + position];
        request.CascadeEnding = ending;
        return outcome;
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

    /// <summary>What the answer says; null when it is longer than is kept back, or not whole.</summary>
    private IReadOnlyList<AnswerChoice>? ChoicesOf(ChatOutcome outcome) => outcome switch
    {
        ChatOutcome.Completed { Answer.Body: var body } when body.Length <= MaxBytes => AnswerReader.OfBody(body),
        ChatOutcome.Streaming { Stream: AnsweringStream { IsWhole: true } stream } => AnswerReader.OfEvents(stream.Batch),
        _ => null,
    };

    /// <summary>Null when every check accepts every choice; else what the answer is still worth.</summary>
    private async ValueTask<double?> CheckAsync(
        AttemptContext attempt, IReadOnlyList<AnswerChoice> choices, List<CheckResult> results, CancellationToken cancellationToken)
    {
        if (choices.Count == 0)
        {
            results.Add(new CheckResult(AnswerCheckNames.FinalAnswer, AnswerVerdict.Rejected("the answer has no choice in it", 0)));
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
                    return verdict.FallbackScore;
            }
        }

        return null;
    }

    private AnswerToCheck Question(AttemptContext attempt, AnswerChoice choice) => new()
    {
        Request = request,
        Attempt = attempt,
        Cascade = model,
        Choice = choice,
        TimeLeft = TimeLeft,
    };
}

/// <summary>What the dispatch decision knows of a cascade; small and serialisable, so that a durable driver can keep it.</summary>
/// <param name="Steps">How many of the first candidates are its steps.</param>
/// <param name="Deadline">From arrival until a further step must have answered.</param>
/// <param name="CostUsd">Money beyond which no further step is begun; null is unbounded.</param>
public readonly record struct CascadeBounds(int Steps, TimeSpan Deadline, decimal? CostUsd);
