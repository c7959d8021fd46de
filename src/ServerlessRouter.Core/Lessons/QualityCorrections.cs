using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Lessons;

/// <summary>Learns from graded answers where a model is better or worse than expected, slowly and within bounds.</summary>
internal sealed class QualityCorrections : IQualityCorrections
{
    private readonly ModelFigures<TaskFigures> _corrections = new();

    /// <summary>Forgets the models that this configuration does not have.</summary>
    public void Follow(RouterModel router) => _corrections.Follow(router);

    public float Of(LanguageModel model, RequestProfile profile)
    {
        var corrections = _corrections.Of(model);
        var probabilities = profile.TaskProbabilities;
        if (probabilities.IsDefaultOrEmpty)
            return corrections.Of(profile.Task);

        float sum = 0, total = 0;
        for (var task = 0; task < probabilities.Length; task++)
        {
            sum += probabilities[task] * corrections.Of((TaskKind)task);
            total += probabilities[task];
        }

        return total > 0 ? sum / total : 0;
    }

    public float At(LanguageModel model, TaskKind task) => _corrections.Of(model).Of(task);

    /// <summary>The corrections of a model.</summary>
    public TaskFigures Of(LanguageModel model) => _corrections.Of(model);
}
