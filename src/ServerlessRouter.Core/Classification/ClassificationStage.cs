using System.Buffers;
using System.Runtime.InteropServices;
using ServerlessRouter.Chat;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Classification;

/// <summary>Finds out what kind of work a request is: no model call, no network. Where the route has nothing to decide, only the size and the needs are taken.</summary>
internal sealed class ClassificationStage : IRequestStage
{
    public ValueTask<ChatOutcome> InvokeAsync(RequestContext context, NextRequestStage next, CancellationToken cancellationToken)
    {
        // The caller's own fallbacks may name routes that decide.
        var decides = context.Route.NeedsProfile || context.Request.Models.Count > 0;
        context.Profile = decides ? Classify(context.Request) : Measure(context.Request);
        return next(context, cancellationToken);
    }

    /// <summary>The features that spoke for and against the task the request was given; for explanations.</summary>
    public static TaskExplanation Explain(ChatRequest request)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ConversationText.MostBytes);
        try
        {
            return TaskClassifier.Shared.Explain(buffer.AsSpan(0, ConversationText.Copy(request, buffer)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static RequestProfile Measure(ChatRequest request) => new()
    {
        PromptTokens = PromptSize.EstimateTokens(request),
        Needs = request.Needs,
        Turns = request.Turns,
    };

    private static RequestProfile Classify(ChatRequest request)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ConversationText.MostBytes);
        try
        {
            var text = buffer.AsSpan(0, ConversationText.Copy(request, buffer));
            var probabilities = new float[TaskKinds.Count];
            var found = TaskClassifier.Shared.Classify(text, probabilities);
            return Measure(request) with
            {
                Task = found.Abstained ? null : found.Task,
                LikeliestTask = found.Task,
                Confidence = found.Confidence,
                TaskProbabilities = found.Abstained ? [] : ImmutableCollectionsMarshal.AsImmutableArray(probabilities),
                Difficulty = found.Difficulty,
                Language = LanguageDetector.Detect(text),
            };
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
