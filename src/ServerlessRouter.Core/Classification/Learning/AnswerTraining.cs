using ServerlessRouter.Classification.Evaluation;

namespace ServerlessRouter.Classification.Learning;

/// <summary>An answer model, and what a model like it said of answers it had not seen.</summary>
internal sealed record AnswerTraining(AnswerModel Model, AnswerFold HeldOut);
