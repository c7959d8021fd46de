using ServerlessRouter.Configuration.Written;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>Checks a list of model names.</summary>
internal static class ModelReferences
{
    /// <summary>Reports unknown, repeated and missing names, and a list none of which can be called.</summary>
    public static void Validate(IReadOnlyList<string?>? names, string path, string owner, ValidationContext context)
    {
        var config = context.Config;
        var known = new HashSet<string>();
        foreach (var (place, name) in names.Entries())
        {
            var itemPath = ConfigPath.Item(path, place);
            if (config.Models?.ContainsKey(name) != true)
                context.Findings.Error(itemPath, Unknown(name, config));
            else if (MakesEmbeddings(name, config))
                context.Findings.Error(itemPath, NoChat(name));
            else if (!known.Add(name))
                context.Findings.Error(itemPath, $"{Quoted.Text(name)} stands in the list already");
        }

        if (names is { Count: 0 })
            context.Findings.Error(path, $"is empty; {owner} needs a model to use");
        else if (names is not null && known.Count == names.Count && !known.Any(name => IsCallable(name, context)))
            context.Findings.Error(path, "has no model that can be called: none of them has a deployment");
    }

    /// <summary>Reports a model that does not exist or cannot be called.</summary>
    public static void Validate(string name, string path, ValidationContext context)
    {
        if (context.Config.Models?.ContainsKey(name) != true)
            context.Findings.Error(path, Unknown(name, context.Config));
        else if (MakesEmbeddings(name, context.Config))
            context.Findings.Error(path, NoChat(name));
        else if (!IsCallable(name, context))
            context.Findings.Error(path, $"{Quoted.Text(name)} cannot be called: it has no deployment");
    }

    /// <summary>There are names in the list, and all are of models that make embeddings.</summary>
    public static bool AreEmbeddings(IReadOnlyList<string?>? names, RouterConfig config) =>
        names is { Count: > 0 } && names.All(name => name is not null && config.Models?.ContainsKey(name) == true && MakesEmbeddings(name, config));

    private static bool MakesEmbeddings(string name, RouterConfig config) =>
        config.Models![name] is { } model && ModelAbilities.Of(model).HasFlag(Capabilities.Embeddings);

    private static string NoChat(string name) => $"{Quoted.Text(name)} makes embeddings and answers no chat";

    private static string Unknown(string name, RouterConfig config) => config.Routes?.ContainsKey(name) == true
        ? $"{Quoted.Text(name)} is a route; only models can stand here"
        : UnknownNames.Reference("model", name, config.Models.Names());

    /// <summary>It has a deployment. A malformed model is reported where it stands, not again wherever it is used.</summary>
    public static bool IsCallable(string name, ValidationContext context) =>
        context.Config.Models![name] is not { } model || model.Deployments is { Count: > 0 }
        || context.Findings.IsWrong($"{ConfigPath.Member("models", name)}.deployments");
}
