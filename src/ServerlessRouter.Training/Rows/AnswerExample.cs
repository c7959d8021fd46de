namespace ServerlessRouter.Training.Rows;

/// <summary>A prompt, the answer a model gave, and whether it was right.</summary>
internal sealed record AnswerExample(byte[] Prompt, byte[] Response, bool IsCorrect);
