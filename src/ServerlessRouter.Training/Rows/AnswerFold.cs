namespace ServerlessRouter.Training.Rows;

/// <summary>Answers an answer model had not seen, and how acceptable it found each, 0 to 1.</summary>
internal sealed record AnswerFold(IReadOnlyList<AnswerExample> Test, IReadOnlyList<float> Acceptable);
