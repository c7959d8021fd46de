namespace ServerlessRouter.Classification.Models;

/// <summary>How much a text is like those that were graded.</summary>
/// <param name="Coverage">Share of its words and pairs that the heads know.</param>
/// <param name="TaskConfidence">Probability of its likeliest task.</param>
/// <param name="Evidence">How far the grades of its tasks suffice, 0 to 1.</param>
internal readonly record struct Familiarity(float Coverage, float TaskConfidence, float Evidence);
