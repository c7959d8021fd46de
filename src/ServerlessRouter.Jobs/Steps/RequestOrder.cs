using ServerlessRouter.Dispatch;

namespace ServerlessRouter.Jobs.Steps;

/// <summary>One decided step of a single request, and after how many turns it was decided; carried out once however often it is delivered.</summary>
public sealed record RequestOrder(string JobId, int Number, DispatchStep Step);
