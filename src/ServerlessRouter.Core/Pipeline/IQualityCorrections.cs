using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Pipeline;

/// <summary>What graded answers have taught beyond what was expected of a model.</summary>
public interface IQualityCorrections
{
    /// <summary>What is added to the expected quality of the model on a request, within <see cref="QualityCorrection.Most"/> either way. Never waits.</summary>
    float Of(LanguageModel model, RequestProfile profile);

    /// <summary>As above, at a task.</summary>
    float At(LanguageModel model, TaskKind task);
}
