using System.Runtime.InteropServices;
using ServerlessRouter.Chat;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Providers.Failures;

namespace ServerlessRouter.Providers.OpenAI;

/// <summary>
/// Holds an answer of the embeddings API against what was asked for. 1 a vector for each input, 2 all of one width, the one asked for, 3 every number finite, 4 in the order of the
/// inputs, 5 in the encoding asked for. An answer that is so stays as it came; one that only stands otherwise is written anew; anything else is a failure of the vendor's.
/// </summary>
internal static class EmbeddingsForm
{
    private const int OkStatus = 200;

    /// <summary>Takes over <paramref name="answer"/>.</summary>
    public static AttemptResult Fit(ChatAnswer answer, EmbeddingsAsk asked)
    {
        var body = answer.Body.Span;
        var found = new List<WrittenVector>(asked.Inputs);
        var failure = EmbeddingsReader.Read(body, found, out var data) is { } odd ? UpstreamFailures.CutBeforeCommit(odd) : FailureOf(found, asked);
        if (failure is null && VectorOrder.TrySort(found, out var isInOrder))
        {
            return isInOrder && found.TrueForAll(vector => vector.Encoding == asked.Encoding)
                ? answer
                : EmbeddingsWriter.Rewrite(answer, data, found, asked.Encoding);
        }

        failure ??= UpstreamFailures.CutBeforeCommit("The provider's answer does not say which vector belongs to which input.");
        using (answer)
            return failure with { Usage = answer.Usage };
    }

    private static AttemptFailure? FailureOf(List<WrittenVector> found, EmbeddingsAsk asked)
    {
        if (found.Count != asked.Inputs)
            return UpstreamFailures.CutBeforeCommit($"The provider's answer has {found.Count} vectors for {asked.Inputs} inputs.");
        var width = found[0].Width;
        if (found.Exists(vector => vector.Width != width))
            return UpstreamFailures.CutBeforeCommit("The vectors of the provider's answer differ in length.");
        if (asked.Dimensions is not { } wanted || wanted == width)
            return null;
        // Another deployment may know the parameter; this one is in order, and its callers must not be able to take it out.
        return new AttemptFailure(FailureKind.NotExpressible, $"The provider's vectors have {width} numbers instead of the {wanted} asked for.") { Param = "dimensions", UpstreamStatus = OkStatus };
    }
}

/// <summary>Puts vectors into the order of their inputs.</summary>
internal static class VectorOrder
{
    /// <summary>False where it cannot be known. Some servers say no index or the same for all, and some count on from the inputs of others that they embedded in one go: those keep the order.</summary>
    public static bool TrySort(List<WrittenVector> vectors, out bool isInOrder)
    {
        isInOrder = true;
        for (var place = 0; place < vectors.Count; place++)
            isInOrder &= vectors[place].Index == place;
        if (isInOrder || KeepsOrder(CollectionsMarshal.AsSpan(vectors)))
            return true;
        vectors.Sort(static (left, right) => (left.Index ?? -1).CompareTo(right.Index ?? -1));
        for (var place = 0; place < vectors.Count; place++)
        {
            if (vectors[place].Index != place)
                return false;
        }

        return true;
    }

    private static bool KeepsOrder(ReadOnlySpan<WrittenVector> vectors)
    {
        var (areAlike, areConsecutive) = (true, vectors[0].Index >= 0);
        for (var place = 1; place < vectors.Length; place++)
        {
            areAlike &= vectors[place].Index == vectors[0].Index;
            areConsecutive &= vectors[place].Index == vectors[0].Index + place;
        }

        return areAlike || areConsecutive;
    }
}
