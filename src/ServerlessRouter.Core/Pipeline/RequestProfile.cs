using System.Collections.Immutable;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Pipeline;

/// <summary>What classification found about a request.</summary>
public sealed record RequestProfile
{
    /// <summary>Null when the classifier abstains.</summary>
    public TaskKind? Task { get; init; }

    /// <summary>The classifier's first guess even when it abstains.</summary>
    public TaskKind LikeliestTask { get; init; }

    /// <summary>Calibrated probability of <see cref="LikeliestTask"/>, 0..1.</summary>
    public float Confidence { get; init; }

    /// <summary>Probability of each <see cref="TaskKind"/>; empty when nothing was classified.</summary>
    public ImmutableArray<float> TaskProbabilities { get; init; } = [];

    /// <summary>
    /// Quality of each configured model, by its index, predicted from a team's own outcomes; not a number for models never graded, empty without such outcomes.
    /// </summary>
    public ImmutableArray<float> PredictedQuality { get; init; } = [];

    /// <summary>How far <see cref="PredictedQuality"/> rests on enough grades of such texts, 0..1; the tables of the models have the rest.</summary>
    public float PredictionTrust { get; init; }

    /// <summary>What came of asking for the vector of the text because the classifier was unsure, for people; null when no model was to be asked.</summary>
    public string? Embeddings { get; init; }

    /// <summary>What came of asking a small model because the classifier was unsure, for people; null when no model was to be asked.</summary>
    public string? SecondOpinion { get; init; }

    /// <summary>What spoke for and against <see cref="LikeliestTask"/>, weightiest first; empty where no explanation is wanted.</summary>
    public IReadOnlyList<FeatureContribution> Contributions { get; init; } = [];

    /// <summary>0 easy to 1 hard: how likely a typical model fails, as far as graded outcomes tell, else by a rule of thumb.</summary>
    public float Difficulty { get; init; }

    /// <summary>What adds to <see cref="Difficulty"/>, weightiest first; empty where no explanation is wanted.</summary>
    public IReadOnlyList<FeatureContribution> DifficultyContributions { get; init; } = [];

    /// <summary>Estimated tokens of everything sent: messages, tools, images.</summary>
    public int PromptTokens { get; init; }

    /// <summary>What the request needs of a model.</summary>
    public Capabilities Needs { get; init; }

    /// <summary>ISO 639-1, or <c>und</c>.</summary>
    public string Language { get; init; } = "und";

    /// <summary>User messages.</summary>
    public int Turns { get; init; }
}
