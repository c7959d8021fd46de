using ServerlessRouter.Classification.Models;
using ServerlessRouter.Configuration.Files;
using ServerlessRouter.Configuration.Written;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>Checks that vectors can be had and that the weights named were trained on such vectors.</summary>
internal sealed class EmbeddingsValidator : IConfigValidator
{
    private const string Path = "classification.embeddings";
    private const string ModelPath = $"{Path}.model";
    private const string WeightsPath = $"{Path}.weights";

    /// <summary>The weights; null where none are named or they cannot be used, which is then an error.</summary>
    public static async ValueTask<EmbeddingHead?> ReadAsync(ValidationContext context, IConfigurationFiles files, CancellationToken cancellationToken)
    {
        if (context.Config.Classification?.Embeddings?.Weights is not { } path)
            return null;
        var reading = await files.ReadAsync(path, cancellationToken).ConfigureAwait(false);
        if (reading.Content is not { } content)
        {
            context.Findings.Error(WeightsPath, $"names {Quoted.Text(path)}, but {reading.Problem}; leave weights out until train has made them");
            return null;
        }

        if (EmbeddingHeadFile.TryRead(content, out var problem) is { } head)
            return head;
        context.Findings.Error(WeightsPath, $"names {Quoted.Text(path)}, which {problem}");
        return null;
    }

    public void Validate(ValidationContext context)
    {
        foreach (var (name, model) in context.Config.Models.Entries())
        {
            if (ModelAbilities.Of(model).HasFlag(Capabilities.Embeddings))
                ValidateProviders(name, model, context);
        }

        if (context.Config.Classification?.Embeddings is not { Model: { } asked } embeddings)
            return;
        ValidateModel(asked, context);
        if (embeddings.Weights is null)
            context.Findings.Warning(Path, "has no weights, so no model is ever asked; make them with train --labels ROWS --embeddings CONFIG");
        else if (context.Head is { } head)
            ValidateHead(head, embeddings, context.Findings);
    }

    private static void ValidateModel(string name, ValidationContext context)
    {
        if (context.Config.Models?.ContainsKey(name) != true)
            context.Findings.Error(ModelPath, UnknownNames.Reference("model", name, context.Config.Models.Names()));
        else if (context.Config.Models[name] is not { } model)
            return;
        else if (!ModelAbilities.Of(model).HasFlag(Capabilities.Embeddings))
            context.Findings.Error(ModelPath, $"is {Quoted.Text(name)}, which lacks the capability embeddings");
        else if (model.Deployments is null or { Count: 0 })
            context.Findings.Error(ModelPath, $"is {Quoted.Text(name)}, which has no deployment and so cannot be asked");
    }

    private static void ValidateHead(EmbeddingHead head, EmbeddingsConfig embeddings, Findings findings)
    {
        if (embeddings.Dimensions is { } wanted && wanted != head.Dimensions)
            findings.Error($"{Path}.dimensions", $"is {wanted}, but the weights were trained on vectors of {head.Dimensions} numbers; write that, or train them again");
        if (head.Model != embeddings.Model)
            findings.Warning(WeightsPath, $"were trained on vectors of {Quoted.Text(head.Model)}; those of {Quoted.Text(embeddings.Model!)} mean something else unless it is the same model by another name");
    }

    private static void ValidateProviders(string name, ModelConfig model, ValidationContext context)
    {
        foreach (var (place, deployment) in model.Deployments.Entries())
        {
            if (deployment.Provider is { } provider && context.Config.Providers?.GetValueOrDefault(provider) is { } written && context.KindOf(written) is { MakesEmbeddings: false } kind)
            {
                context.Findings.Error(
                    $"{ConfigPath.Item($"{ConfigPath.Member("models", name)}.deployments", place)}.provider",
                    $"is {Quoted.Text(provider)} of the kind {kind}, which makes no embeddings; those that do: {Quoted.List(context.Kinds.Where(static kind => kind.MakesEmbeddings).Select(static kind => kind.Name))}");
            }
        }
    }
}
