namespace ServerlessRouter.Classification.Models;

/// <summary>How far mean grades may be believed against what a person estimated: from their number and their spread.</summary>
/// <param name="ByTask">For each task, 0 without a grade to 1.</param>
/// <param name="OfAll">For the mean over all rows.</param>
internal sealed record GradedEvidence(float[] ByTask, float OfAll);
