namespace ServerlessRouter.Training.Evaluation;

/// <summary>What each model of a pool really cost and yielded on a prompt, in the order of the models.</summary>
internal sealed record PoolRow(double[] CostUsd, double[] Quality);
