namespace ServerlessRouter.Pipeline;

/// <summary>A check that was made of an attempt's answer, and its verdict.</summary>
public readonly record struct CheckResult(string Check, AnswerVerdict Verdict);
