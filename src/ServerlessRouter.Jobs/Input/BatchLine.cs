namespace ServerlessRouter.Jobs.Input;

/// <summary>One request of a batch: the caller's name for it and where its body stands in the file.</summary>
internal readonly record struct BatchLine(string CustomId, long BodyAt, int BodyBytes);
