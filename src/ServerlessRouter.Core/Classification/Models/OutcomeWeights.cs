namespace ServerlessRouter.Classification.Models;

/// <summary>The parts of an outcome model beside its linear ones.</summary>
/// <param name="Models">The models, in the order of every array of qualities.</param>
/// <param name="Global">Mean quality of each model.</param>
/// <param name="Tasks">The tasks of the training rows.</param>
/// <param name="Table">Quality by task and model, shrunken towards the mean; one task after the other.</param>
/// <param name="HeadsShare">How much the heads count, the rest being the table.</param>
/// <param name="CautiousShare">How far the cautious heads move the prediction for unfamiliar text off the means.</param>
/// <param name="Trust">How familiar a text is, for predictions that put texts into an order.</param>
/// <param name="Calibrated">How familiar a text is, for predictions whose numbers count.</param>
/// <param name="Evidence">How far the table and the means rest on enough grades.</param>
/// <param name="Difficulty">How the failures of the typical model are foreseen.</param>
internal sealed record OutcomeWeights(
    string[] Models, float[] Global, string[] Tasks, float[] Table, float HeadsShare, float CautiousShare, TrustCurve Trust, TrustCurve Calibrated,
    GradedEvidence Evidence, DifficultyWeights Difficulty);
