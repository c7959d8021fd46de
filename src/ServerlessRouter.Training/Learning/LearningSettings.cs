using ServerlessRouter.Classification.Features;

namespace ServerlessRouter.Training.Learning;

/// <summary>How a linear model is learnt.</summary>
internal sealed record LearningSettings
{
    public FeatureGroups Groups { get; init; } = FeatureGroups.Words | FeatureGroups.Pairs;

    public LinearLoss Loss { get; init; } = LinearLoss.OneOf;

    /// <summary>Share of the truth that is spread over all labels, with one label of several: against certainty that few examples do not bear out.</summary>
    public float Smoothing { get; init; }

    public int Epochs { get; init; } = 12;

    /// <summary>The weights are the mean of those at the ends of so many last epochs; none takes them as they are at the end.</summary>
    public int AveragedEpochs { get; init; }

    public float Rate { get; init; } = 0.5f;

    public float Decay { get; init; } = 1e-5f;

    /// <summary>Share of a row's hashed features that one step does not see, against leaning on few words.</summary>
    public float Dropout { get; init; }

    /// <summary>Hashed features in fewer rows than this are ignored.</summary>
    public int MinimumCount { get; init; } = 2;

    public int MaximumFeatures { get; init; } = 60_000;

    /// <summary>How far a hashed feature counts by what it tells of the label beside its rarity, from 0 to 1; for one label of several.</summary>
    public float InformationShare { get; init; }

    /// <summary>Weight of the handcrafted features beside the hashed ones, whose norm is one.</summary>
    public float HandcraftedScale { get; init; } = 0.5f;

    /// <summary>What a belief held before any training adds to its output.</summary>
    public float BeliefWeight { get; init; } = 14;

    public ulong Seed { get; init; } = 20_240_607;
}

/// <summary>What the outputs of a linear model stand for while it learns.</summary>
internal enum LinearLoss
{
    /// <summary>One label of several: probabilities add up to one.</summary>
    OneOf,

    /// <summary>Each output is a probability of its own.</summary>
    Independent,
}
