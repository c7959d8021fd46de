using ServerlessRouter.Configuration.Written;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>Checks models apart from their prices and deployments.</summary>
internal sealed class ModelValidator : IConfigValidator
{
    public void Validate(ValidationContext context)
    {
        var findings = context.Findings;
        if (context.Config.Models is { Count: 0 })
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
