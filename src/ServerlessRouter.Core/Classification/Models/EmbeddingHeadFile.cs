namespace ServerlessRouter.Classification.Models;

/// <summary>What a file made by <c>train --labels ROWS --embeddings CONFIG</c> holds.</summary>
internal static class EmbeddingHeadFile
{
    /// <summary>The file's content, or null and what is wrong with it.</summary>
    public static EmbeddingHead? TryRead(ReadOnlyMemory<byte> content, out string? problem) =>
        WeightsContent.TryRead<EmbeddingHead>(content, [new(WeightsFormat.Embeddings, EmbeddingHeadJson.Read)], out problem);
}
