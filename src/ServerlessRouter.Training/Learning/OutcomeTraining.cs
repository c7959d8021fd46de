using ServerlessRouter.Classification.Models;
using ServerlessRouter.Training.Rows;

namespace ServerlessRouter.Training.Learning;

/// <summary>An outcome model, and what models like it foresaw of rows they had not seen: left out by lot, and by whole tasks.</summary>
internal sealed record OutcomeTraining(OutcomeModel Model, IReadOnlyList<OutcomeFold> RowsHeldOut, IReadOnlyList<OutcomeFold> TasksHeldOut);
