namespace ServerlessRouter.Balancing;

/// <summary>A policy's answer.</summary>
/// <param name="Place">Position among the eligible deployments of the question.</param>
/// <param name="Reason">Why this one, for people.</param>
internal readonly record struct BalancingPick(int Place, string Reason);
