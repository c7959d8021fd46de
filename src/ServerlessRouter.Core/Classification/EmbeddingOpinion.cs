using System.Buffers;
using System.Runtime.InteropServices;
using ServerlessRouter.Classification.Models;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Classification;

/// <summary>
/// Asks for the vector of a request's text when the classifier is unsure and its time holds, and lets weights trained on a team's own labels read it. Without a vector, for
/// whatever reason, the classifier's own finding stays as it is.
/// </summary>
internal sealed class EmbeddingOpinion(IEmbeddingSource embeddings, TimeProvider time)
{
    /// <summary>Whether a model is to be asked about this request.</summary>
    public bool IsWanted(RequestContext context) =>
        context.Router.Embeddings is { Head: not null } settings
        && (context.Profile.Task is null || context.Profile.Confidence < settings.BelowConfidence)
        && TimeLeft.Allows(settings.Timeout, context, time);

    /// <summary>The profile with what the vector says in it, or as it was with the reason why there is none.</summary>
    public async ValueTask<RequestProfile> AskAsync(RequestContext context, CancellationToken cancellationToken)
    {
        var profile = context.Profile;
        var settings = context.Router.Embeddings!;
        var name = settings.Model.Name;
        if (context.IsOnlyPlanned)
            return profile with { Embeddings = $"{name} would be asked" };

        var buffer = ArrayPool<byte>.Shared.Rent(ConversationText.MaxBytes);
        try
        {
            var text = buffer.AsMemory(0, ConversationText.Copy(context.Request, buffer));
            if (text.Span.Trim(" \t\r\n"u8).IsEmpty)
                return profile with { Embeddings = $"{name} was not asked: there is no text" };
            var call = new EmbeddingCall(context, settings.Model, settings.Dimensions, text, settings.Timeout);
            var result = await embeddings.EmbedAsync(call, cancellationToken).ConfigureAwait(false);
            return result.Problem is { } problem
                ? profile with { Embeddings = $"{name} gave none: {problem}" }
                : Combine(profile, settings, result);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static RequestProfile Combine(RequestProfile profile, EmbeddingsModel settings, EmbeddingResult result)
    {
        var (name, head) = (settings.Model.Name, settings.Head!);
        if (result.Vector.Length != head.Dimensions)
            return profile with { Embeddings = $"{name} gave {result.Vector.Length} numbers, but the weights were trained on {head.Dimensions}" };

        var probabilities = new float[TaskKinds.Count];
        if (profile.TaskProbabilities.IsDefaultOrEmpty)
            Array.Fill(probabilities, 1f / TaskKinds.Count);
        else
            profile.TaskProbabilities.CopyTo(probabilities);
        head.Mix(result.Vector.Span, probabilities);

        var likeliest = (TaskKind)Array.IndexOf(probabilities, probabilities.Max());
        var confidence = probabilities[(int)likeliest];
        var isKnown = confidence >= EmbeddingHead.AbstainBelow;
        var found = isKnown ? likeliest.ToWireName() : $"unsure, perhaps {likeliest.ToWireName()}";
        return profile with
        {
            Task = isKnown ? likeliest : null,
            LikeliestTask = likeliest,
            Confidence = confidence,
            TaskProbabilities = ImmutableCollectionsMarshal.AsImmutableArray(probabilities),
            Embeddings = result.IsRemembered ? $"{name}, remembered: {found}" : $"{name}: {found}",
        };
    }
}
