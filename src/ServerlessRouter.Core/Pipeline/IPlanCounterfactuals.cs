namespace ServerlessRouter.Pipeline;

/// <summary>Finds out what would have had to be otherwise for a plan to begin with its second candidate.</summary>
public interface IPlanCounterfactuals
{
    /// <summary>Each change that suffices by itself. Computes and allocates; meant for people, not for every request.</summary>
    IReadOnlyList<PlanFlip> Find(RoutePlan plan);
}
