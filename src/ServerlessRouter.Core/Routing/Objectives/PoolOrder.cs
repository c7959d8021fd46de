using ServerlessRouter.Configuration;

namespace ServerlessRouter.Routing.Objectives;

/// <summary>What a pool of candidates is ordered by.</summary>
/// <param name="Objective">The policy.</param>
/// <param name="Configured">The weights the route states for it.</param>
/// <param name="Floor">Expected quality 0..1 below which a candidate comes after the others.</param>
internal readonly record struct PoolOrder(IObjective Objective, ObjectiveModel Configured, double Floor);
