using ServerlessRouter.Classification.Models;
using ServerlessRouter.Training.Rows;

namespace ServerlessRouter.Training.Learning;

/// <summary>A label model, and what models like it said of rows they had not seen.</summary>
internal sealed record LabelTraining(LabelModel Model, IReadOnlyList<LabelFold> HeldOut);
