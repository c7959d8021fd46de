using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Classification;

/// <summary>
/// Asks a small configured model what a request is, when the classifier is unsure, the route allows it and its time holds. Any failure and any answer out of form
/// leaves the classifier's own finding as it is.
/// </summary>
internal sealed class SecondOpinion(ISideCalls sideCalls, TimeProvider time)
{
    public const string Purpose = "second_opinion";

    /// <summary>How much the opinion counts; the classifier's own probabilities have the rest.</summary>
    public const float Weight = 0.8f;

    /// <summary>Whether the route asks for one on this request.</summary>
    public bool IsWanted(RequestContext context) =>
        context.Route.SecondOpinion is { } opinion
        && (context.Profile.Task is null || context.Profile.Confidence < opinion.BelowConfidence)
        && TimeLeft.Allows(opinion.Timeout, context, time);

    /// <summary>The profile with the opinion in it, or as it was with the reason why there is none.</summary>
    public async ValueTask<RequestProfile> AskAsync(RequestContext context, CancellationToken cancellationToken)
    {
        var profile = context.Profile;
        var (model, _, timeout) = context.Route.SecondOpinion!;
        if (context.IsOnlyPlanned)
            return profile with { SecondOpinion = $"{model.Name} would be asked" };

        var result = await sideCalls.AskAsync(new SideCall(context, Purpose, model, Question(context), timeout), cancellationToken).ConfigureAwait(false);
        if (result.Text is not { } text)
            return profile with { SecondOpinion = $"{model.Name} gave none: {result.Problem}" };
        return SecondOpinionFormat.TryRead(text, out var task, out var difficulty)
            ? Combine(profile, task, difficulty) with { SecondOpinion = $"{model.Name}: {task.ToWireName()}" }
            : profile with { SecondOpinion = $"{model.Name} gave none: its answer is not in form" };
    }

    private static ReadOnlyMemory<byte> Question(RequestContext context)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ConversationText.MostBytes);
        try
        {
            var body = new ArrayBufferWriter<byte>(2 * ConversationText.MostBytes);
            using (var writer = new Utf8JsonWriter(body))
                SecondOpinionFormat.Write(writer, context.Route.SecondOpinion!.Model.Name, buffer.AsSpan(0, ConversationText.Copy(context.Request, buffer)));
            return body.WrittenMemory;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static RequestProfile Combine(RequestProfile profile, TaskKind task, float difficulty)
    {
        var probabilities = new float[TaskKinds.Count];
        for (var kind = 0; kind < probabilities.Length; kind++)
        {
            var own = profile.TaskProbabilities.IsDefaultOrEmpty ? 1f / probabilities.Length : profile.TaskProbabilities[kind];
            probabilities[kind] = ((1 - Weight) * own) + (kind == (int)task ? Weight : 0);
        }

        return profile with
        {
            Task = task,
            LikeliestTask = task,
            Confidence = probabilities[(int)task],
            TaskProbabilities = ImmutableCollectionsMarshal.AsImmutableArray(probabilities),
            Difficulty = (profile.Difficulty + difficulty) / 2,
        };
    }
}
