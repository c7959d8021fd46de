using System.Buffers;
using System.Runtime.InteropServices;
using ServerlessRouter.Chat;
using ServerlessRouter.Classification.Features;
using ServerlessRouter.Classification.Models;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Classification;

/// <summary>
/// Finds out what kind of work a request is, on this machine and at once. Where that leaves doubt, the vector of the text is asked for if the configuration says so, and
/// while doubt remains, a small model if the route says so. Where the route has nothing to decide, as for embeddings, only the size and the needs are taken.
/// </summary>
internal sealed class ClassificationStage(EmbeddingOpinion embeddings, SecondOpinion secondOpinion) : IRequestStage
{
    public ValueTask<ChatOutcome> InvokeAsync(RequestContext context, NextRequestStage next, CancellationToken cancellationToken)
    {
        if (context.KnownProfile is { } known)
        {
            context.Profile = known;
            return next(context, cancellationToken);
        }

        // The caller's own fallbacks may name routes that decide.
        var decides = (context.Route.NeedsProfile || context.Request.Models.Count > 0) && context.Operation == AttemptOperation.Chat;
        context.Profile = decides ? Classify(context) : Measure(context.Request);
        return decides && !context.IsLimitUsedUp && (embeddings.IsWanted(context) || secondOpinion.IsWanted(context)) ? AskAsync(context, next, cancellationToken) : next(context, cancellationToken);
    }

    private async ValueTask<ChatOutcome> AskAsync(RequestContext context, NextRequestStage next, CancellationToken cancellationToken)
    {
        if (embeddings.IsWanted(context))
            context.Profile = await embeddings.AskAsync(context, cancellationToken).ConfigureAwait(false);
        if (secondOpinion.IsWanted(context))
            context.Profile = await secondOpinion.AskAsync(context, cancellationToken).ConfigureAwait(false);
        return await next(context, cancellationToken).ConfigureAwait(false);
    }

    private static RequestProfile Measure(ChatRequest request) => new()
    {
        PromptTokens = PromptSize.EstimateTokens(request),
        Needs = request.Needs,
        Turns = request.Turns,
    };

    private static RequestProfile Classify(RequestContext context)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ConversationText.MaxBytes);
        try
        {
            var text = buffer.AsSpan(0, ConversationText.Copy(context.Request, buffer));
            var probabilities = new float[TaskKinds.Count];
            var features = FeatureBuffer.OfThread;
            var found = TaskClassifier.Shared.Classify(text, features, probabilities);
            var profile = new RequestProfile
            {
                PromptTokens = PromptSize.EstimateTokens(context.Request),
                Needs = context.Request.Needs,
                Turns = context.Request.Turns,
                Task = found.Abstained ? null : found.Task,
                LikeliestTask = found.Task,
                Confidence = found.Confidence,
                TaskProbabilities = found.Abstained ? [] : ImmutableCollectionsMarshal.AsImmutableArray(probabilities),
                Difficulty = found.Difficulty,
                Language = LanguageDetector.Detect(text),
            };
            if (context.Router.QualityPredictor is { } predictor)
                profile = Predict(profile, predictor, text, features, context.Router.Models.Length);
            return context.WantsExplanation ? Explain(profile, context.Router.QualityPredictor, text) : profile;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static RequestProfile Explain(RequestProfile profile, OutcomeQuality? predictor, ReadOnlySpan<byte> text)
    {
        var explained = TaskClassifier.Shared.Explain(text);
        return profile with
        {
            Contributions = [.. explained.Features.Concat(explained.Words).OrderByDescending(static item => Math.Abs(item.Contribution))],
            DifficultyContributions = predictor?.ExplainDifficulty(text, explained.Difficulty) ?? explained.Difficulty,
        };
    }

    private static RequestProfile Predict(RequestProfile profile, OutcomeQuality predictor, ReadOnlySpan<byte> text, FeatureBuffer features, int models)
    {
        var quality = new float[models];
        var expected = predictor.Predict(text, features, profile.Difficulty, quality);
        return profile with
        {
            PredictedQuality = ImmutableCollectionsMarshal.AsImmutableArray(quality),
            PredictionTrust = expected.Confidence,
            Difficulty = expected.Difficulty,
        };
    }
}
