using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Lessons;

/// <summary>What traffic teaches this instance: how long answers are, and, once they are graded, how good. Kept in memory; every instance learns by itself.</summary>
internal sealed class OnlineStatistics(RouterModelSource models, TimeProvider time) : IRequestListener, IFeedback
{
    private readonly AnswerLengths _lengths = new();
    private readonly QualityCorrections _corrections = new();
    private readonly RecentAnswers _recent = new();
    private readonly SessionMemory _sessions = new(time);

    public IAnswerLengths Lengths => _lengths;

    public IQualityCorrections Corrections => _corrections;

    public ISessionModels Sessions => _sessions;

    /// <summary>Forgets what was learnt about models that this configuration does not have; what was learnt about the others stays.</summary>
    public void Follow(RouterModel router)
    {
        _lengths.Follow(router);
        _corrections.Follow(router);
    }

    public void OnSettled(RequestContext context)
    {
        LearnFromJudges(context);
        // Vectors teach nothing of answers, and are no turn of a conversation.
        if (context.Operation != AttemptOperation.Chat || context.Error is not null || context.Answered is not { Failure: null } answered || context.Profile is not { } profile)
            return;
        if (answered.Usage is { IsEstimated: false, CompletionTokens: > 0 and var tokens })
            _lengths.Learn(answered.Model, profile.Task, tokens);
        _sessions.Remember(context, answered.Model.Name, answered.Usage);
        _recent.Add(new RecentAnswer(context.RequestId, context.CallerName, answered.Model.Name, _corrections.Of(answered.Model), profile.Task, Expected(context, answered.Model)));
    }

    public FeedbackResult? Grade(string requestId, string? caller, float grade)
    {
        var learns = models.Current.Corrections == CorrectionMode.Learn;
        if (_recent.Grade(requestId, caller) is not { } answer)
            return null;
        var now = answer.Corrections.Of(answer.Task);
        if (!learns || answer.IsGraded)
            return new FeedbackResult(answer.Model, answer.Task, learns ? FeedbackEffect.GradedBefore : FeedbackEffect.Frozen, answer.Expected, now, now);
        var (before, after) = Correct(answer.Corrections, answer.Task, grade - answer.Expected);
        return new FeedbackResult(answer.Model, answer.Task, FeedbackEffect.Counted, answer.Expected, before, after);
    }

    /// <summary>
    /// A judge has graded the answers it read, given or not. Checks by rules have not: that nothing speaks against an answer does not make it good, and to learn from their
    /// rejections alone would only ever lower what is expected.
    /// </summary>
    private void LearnFromJudges(RequestContext context)
    {
        // A request of a job may end without a turn that plans it again: refused by a configuration that changed, or given up.
        if (models.Current.Corrections != CorrectionMode.Learn || context is { Plan: null } or { Profile: null })
            return;
        foreach (var attempt in context.Attempts)
        {
            foreach (var (_, verdict) in attempt.Checks ?? [])
            {
                if (verdict.Score is { } score)
                    Correct(_corrections.Of(attempt.Model), context.Profile.Task, (float)score - Expected(context, attempt.Model));
            }
        }
    }

    private static (float Before, float After) Correct(TaskFigures corrections, TaskKind? task, float surprise) =>
        corrections.Move(task, surprise, QualityCorrection.Rate, -QualityCorrection.Most, QualityCorrection.Most);

    private static float Expected(RequestContext context, LanguageModel model)
    {
        foreach (var candidate in context.Plan.Candidates)
        {
            if (ReferenceEquals(candidate.Model, model))
                return candidate.Quality - candidate.Correction;
        }

        return model.DefaultQuality;
    }
}
