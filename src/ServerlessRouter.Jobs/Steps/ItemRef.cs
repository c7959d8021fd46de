namespace ServerlessRouter.Jobs.Steps;

/// <summary>Names an item of a job; what orchestrations pass around.</summary>
public sealed record ItemRef(string JobId, int Index);
