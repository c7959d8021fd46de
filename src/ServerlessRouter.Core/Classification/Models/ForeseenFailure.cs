namespace ServerlessRouter.Classification.Models;

/// <summary>How often the typical model fails at a text, by the parts of an outcome model.</summary>
/// <param name="Heads">By words and shape.</param>
/// <param name="Table">By task.</param>
/// <param name="Familiarity">How much the text is like those that were graded.</param>
internal readonly record struct ForeseenFailure(float Heads, float Table, Familiarity Familiarity);
