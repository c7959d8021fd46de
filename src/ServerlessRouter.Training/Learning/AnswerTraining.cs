using ServerlessRouter.Training.Rows;

namespace ServerlessRouter.Training.Learning;

/// <summary>An answer model, and what a model like it said of answers it had not seen.</summary>
internal sealed record AnswerTraining(AnswerModel Model, AnswerFold HeldOut);
