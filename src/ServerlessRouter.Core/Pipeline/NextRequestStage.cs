using ServerlessRouter.Chat;

namespace ServerlessRouter.Pipeline;

/// <summary>The rest of the request's pipeline.</summary>
public delegate ValueTask<ChatOutcome> NextRequestStage(RequestContext context, CancellationToken cancellationToken);
