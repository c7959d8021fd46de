namespace ServerlessRouter.Jobs.Queue;

/// <summary>A message, or what is wrong with it.</summary>
/// <param name="Message">Null when it is faulty.</param>
/// <param name="Fault">What is wrong and how to mend it.</param>
/// <param name="Key">Whose it is, as far as could be read.</param>
internal sealed record QueueMessageResult(QueueMessage? Message, JobProblem? Fault, string? Key);
