using ServerlessRouter.Classification.Features;

namespace ServerlessRouter.Classification.Models;

/// <summary>The numbers of a linear model, as a weights file holds them. Rows and outputs are padded to a multiple of four.</summary>
internal sealed class LinearWeights
{
    public required FeatureGroups Groups { get; init; }

    public required int Outputs { get; init; }

    /// <summary>The hashes of the features that have a row.</summary>
    public required uint[] Keys { get; init; }

    public required Half[] Idf { get; init; }

    /// <summary>What one step of a row's eight-bit weights is worth.</summary>
    public required Half[] Scales { get; init; }

    public required sbyte[] Rows { get; init; }

    public required float[] Handcrafted { get; init; }

    public required float[] Bias { get; init; }

    public static int StrideOf(int outputs) => (outputs + 3) / 4 * 4;
}
