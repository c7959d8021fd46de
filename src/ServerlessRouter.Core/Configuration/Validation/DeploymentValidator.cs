using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>Checks that deployments name providers and that one of each model can be picked.</summary>
internal sealed class DeploymentValidator : IConfigValidator
{
    public void Validate(ValidationContext context)
    {
        foreach (var (name, model) in context.Config.Models.Entries())
        {
            var path = $"{ConfigPath.Member("models", name)}.deployments";
            if (model.Deployments is null or { Count: 0 })
                context.Findings.Warning(path, "is empty, so the model cannot be called");
            else if (model.Deployments.All(static deployment => deployment?.Weight == 0))
                context.Findings.Error(path, "have no weight above 0, so none can be picked; give one a weight");
            ValidateDeployments(name, model, path, context);
        }
    }

    private static void ValidateDeployments(string modelName, ModelConfig model, string path, ValidationContext context)
    {
        var known = new HashSet<(string, string)>();
        foreach (var (place, deployment) in model.Deployments.Entries())
        {
            var itemPath = ConfigPath.Item(path, place);
            if (deployment.Provider is not { } provider)
                continue;
            if (context.Config.Providers?.ContainsKey(provider) != true)
                context.Findings.Error($"{itemPath}.provider", UnknownNames.Reference("provider", provider, context.Config.Providers.Names()));
            else if (!known.Add((provider, deployment.Name ?? modelName)))
                context.Findings.Error(itemPath, "is the same provider and name as an earlier one; use weight to send it more");
            if (deployment.Name?.Any(static letter => letter is < ' ' or > '~') == true)
                context.Findings.Error($"{itemPath}.name", "must be visible ASCII: it travels in headers");
        }
    }
}
