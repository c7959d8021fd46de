using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Routing.Rules;

/// <summary>The classifier is sure of one of these tasks.</summary>
internal sealed class TaskCondition : IRuleCondition
{
    public string Name => ConditionNames.Task;

    public bool Holds(ConditionModel condition, RequestContext context) => context.Profile.Task is { } task && condition.Lists(task.ToWireName());
}
