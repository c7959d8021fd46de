using ServerlessRouter.Configuration.Written;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>Checks models apart from their prices and deployments.</summary>
internal sealed class ModelValidator : IConfigValidator
{
    public void Validate(ValidationContext context)
    {
        var findings = context.Findings;
        if (context.Config.Models is null)
            findings.Error("models", "is missing and must be written, or a route must name models of the catalogue");
        else if (context.Config.Models.Count == 0)
            findings.Error("models", "is empty; a router needs a model to choose");
        foreach (var (name, model) in context.Config.Models.Entries())
        {
            var path = ConfigPath.Member("models", name);
            if (model.MaxOutputTokens > model.ContextWindow)
                findings.Error($"{path}.maxOutputTokens", $"is {model.MaxOutputTokens}, more than the contextWindow of {model.ContextWindow}");
            if (!ModelAbilities.Of(model).HasFlag(Capabilities.Embeddings) && model.Quality?.ContainsKey(Written.NameTables.DefaultQuality) != true && !context.IsGraded(name))
                findings.Warning($"{path}.quality", $"names no default, so {WrittenQuality.Default} is assumed for tasks it does not name");
            if (model.Capabilities is null)
                findings.Warning($"{path}.capabilities", $"is missing, so requests with tools, images, audio, files or a schema never go to this model; list what it can do ({Quoted.List(CapabilityNames.All.Where(static name => name is not ("streaming" or "embeddings")))}), or write [] if it is nothing");
            foreach (var (parameter, _) in model.Parameters?.Rename.Entries() ?? [])
            {
                if (model.Parameters!.Drop?.Contains(parameter) == true)
                    findings.Error($"{path}.parameters.drop", $"drops {Quoted.Text(parameter)}, which rename sends under another name; remove one");
            }
        }
    }
}

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
            if (deployment.Responses is not null && context.Config.Providers?.GetValueOrDefault(provider) is { } written && context.KindOf(written)?.OwnMembers.Contains(KindMembers.Responses) == false)
                context.Findings.Error($"{itemPath}.{KindMembers.Responses}", $"has a meaning for {KindLists.Owning(KindMembers.Responses, context.Kinds)} only; leave it out");
            if (deployment.Name?.Any(static letter => letter is < ' ' or > '~') == true)
                context.Findings.Error($"{itemPath}.name", "must be visible ASCII: it travels in headers");
        }
    }
}
