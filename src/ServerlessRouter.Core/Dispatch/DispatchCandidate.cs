namespace ServerlessRouter.Dispatch;

/// <summary>What the dispatch decision knows of a planned model.</summary>
/// <param name="ContextWindow">Tokens of prompt and answer together.</param>
/// <param name="Deployments">How many deployments serve it.</param>
/// <param name="ExpectedUsd">What its answer is expected to cost; only a cascade asks.</param>
public readonly record struct DispatchCandidate(int ContextWindow, int Deployments, decimal ExpectedUsd = 0);
