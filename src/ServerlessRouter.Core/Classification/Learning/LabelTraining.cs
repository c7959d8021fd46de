using ServerlessRouter.Classification.Evaluation;

namespace ServerlessRouter.Classification.Learning;

/// <summary>A label model, and what models like it said of rows they had not seen.</summary>
internal sealed record LabelTraining(LabelModel Model, IReadOnlyList<LabelFold> HeldOut);
