namespace ServerlessRouter.Classification.Models;

/// <summary>The names in a weights file. Number arrays are base64 of their little-endian bytes.</summary>
internal static class WeightsFormat
{
    /// <summary>Rises when the features or the layout change, because old weights are then worthless.</summary>
    public const int Version = 1;

    public const string Labels = "labels";
    public const string Outcomes = "outcomes";
    public const string Answers = "answers";
    public const string Embeddings = "embeddings";
}
