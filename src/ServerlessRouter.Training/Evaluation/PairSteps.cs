namespace ServerlessRouter.Training.Evaluation;

/// <summary>At which shares of strong calls a pair curve has its points.</summary>
internal enum PairSteps
{
    /// <summary>The edges of ten score bins, as RouteLLM's evaluation takes them.</summary>
    Deciles,

    EveryRow,
}
