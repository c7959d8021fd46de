using ServerlessRouter.Classification.Models;
using ServerlessRouter.Configuration.Files;
using ServerlessRouter.Configuration.Written;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>Reads the weights the configuration names and checks that they are about its models.</summary>
internal static class QualityValidator
{
    private const string WeightsPath = "quality.weights";

    /// <summary>The weights; null where none are named or they cannot be used, which is then an error.</summary>
    public static async ValueTask<OutcomeFile?> ReadAsync(ValidationContext context, IConfigurationFiles files, CancellationToken cancellationToken)
    {
        if (context.Config.Quality?.Weights is not { } path)
            return null;
        var reading = await files.ReadAsync(path, cancellationToken).ConfigureAwait(false);
        if (reading.Content is not { } content)
        {
            context.Findings.Error(WeightsPath, $"names {Quoted.Text(path)}, but {reading.Problem}");
            return null;
        }

        if (OutcomeFile.TryRead(content, out var problem) is not { } weights)
        {
            context.Findings.Error(WeightsPath, $"names {Quoted.Text(path)}, which {problem}");
            return null;
        }

        ValidateModels(weights, path, context);
        return weights;
    }

    /// <summary>A pool may have been graded with models that were configured once; a file about none of those configured now is a mistake.</summary>
    private static void ValidateModels(OutcomeFile weights, string path, ValidationContext context)
    {
        var configured = context.Config.Models.Names().ToList();
        var unknown = weights.Models.Where(name => !configured.Contains(name)).ToList();
        if (unknown.Count == weights.Models.Count)
        {
            context.Findings.Error(
                WeightsPath, $"names {Quoted.Text(path)}, which knows none of the configured models ({Quoted.List(configured)}), only {Quoted.List(unknown)}; name them alike");
            return;
        }

        if (unknown.Count > 0)
            context.Findings.Warning(WeightsPath, $"knows models that are not configured and plays no part for them: {Quoted.List(unknown)}");
        var ungraded = configured.Where(name => !weights.Models.Contains(name) && AnswersChat(context.Config.Models![name])).ToList();
        if (ungraded.Count > 0)
            context.Findings.Warning(WeightsPath, $"does not know these models, whose own tables decide: {Quoted.List(ungraded)}");
    }

    private static bool AnswersChat(ModelConfig? model) => model is null || !ModelAbilities.Of(model).HasFlag(Capabilities.Embeddings);
}
