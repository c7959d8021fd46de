using ServerlessRouter.Classification.Models;

namespace ServerlessRouter.Training.Learning;

/// <summary>Weights that read vectors, and, for every row in order, the task that words and vectors together said of it before it was learnt from.</summary>
internal sealed record EmbeddingTraining(EmbeddingHead Head, IReadOnlyList<string> HeldOutAnswers, int[] FoldOf);
