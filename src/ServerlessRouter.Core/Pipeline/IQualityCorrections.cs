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

/// <summary>By what measure grades move expected quality: <c>c += Rate · ((grade − expected) − c)</c>.</summary>
public static class QualityCorrection
{
    /// <summary>Share of the surprise that one grade moves it by: some fifty grades make two thirds of the way.</summary>
    public const float Rate = 0.02f;

    /// <summary>No number of grades moves it further than this: a flood of them must not turn the router round.</summary>
    public const float Most = 0.15f;
}
