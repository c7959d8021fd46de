namespace ServerlessRouter.Jobs;

/// <summary>Why a job's input was refused: one line of it, or the whole.</summary>
/// <param name="Code">A short name for programs.</param>
/// <param name="Message">What is wrong and how to mend it.</param>
/// <param name="Line">The line, from 1; null for the whole.</param>
/// <param name="Param">The field at fault.</param>
public sealed record JobProblem(string Code, string Message, int? Line = null, string? Param = null);
