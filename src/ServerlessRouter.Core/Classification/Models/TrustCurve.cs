using System.Globalization;
using ServerlessRouter.Classification.Features;

namespace ServerlessRouter.Classification.Models;

/// <summary>How far to trust a prediction, from how much of the text was known and how sure the task is.</summary>
internal readonly record struct TrustCurve(float Offset, float OfCoverage, float OfTaskConfidence)
{
    private const float EvenOdds = 0.5f;

    public float At(in Familiarity familiarity) =>
        (float)PortableMath.Sigmoid(Offset + OfCoverage * familiarity.Coverage + OfTaskConfidence * familiarity.TaskConfidence);

    /// <summary>For people: its two ends, for a task that is as likely as not.</summary>
    public string Describe() => string.Create(
        CultureInfo.InvariantCulture, $"a text counts as familiar by {At(new Familiarity(0, EvenOdds, 1)):0.00} where none of its words is known, up to {At(new Familiarity(1, EvenOdds, 1)):0.00} where all are");
}

/// <summary>How much a text is like those that were graded.</summary>
/// <param name="Coverage">Share of its words and pairs that the heads know.</param>
/// <param name="TaskConfidence">Probability of its likeliest task.</param>
/// <param name="Evidence">How far the grades of its tasks suffice, 0 to 1.</param>
internal readonly record struct Familiarity(float Coverage, float TaskConfidence, float Evidence);
