namespace ServerlessRouter.Balancing;

/// <summary>Chooses one of the deployments that may be called. An instance serves one model, so it may keep state for it.</summary>
internal interface IBalancingPolicy
{
    /// <summary>The name in configuration.</summary>
    string Name { get; }

    /// <summary>Whether <see cref="BalancingQuestion.Session"/> must be filled in.</summary>
    bool UsesSession => false;

    /// <summary>Asked only when there are at least two eligible deployments.</summary>
    BalancingPick Choose(in BalancingQuestion question);
}

/// <summary>A policy's answer.</summary>
/// <param name="Place">Position among the eligible deployments of the question.</param>
/// <param name="Reason">Why this one, for people.</param>
internal readonly record struct BalancingPick(int Place, string Reason);
