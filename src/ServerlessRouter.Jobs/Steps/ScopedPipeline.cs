using Microsoft.Extensions.Logging;
using ServerlessRouter.Chat;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Jobs.Steps;

/// <summary>The pipeline as jobs call it: a line of the log that is written meanwhile can say for which request it is, as a host's own scope does for the requests of its callers.</summary>
internal sealed class ScopedPipeline(IRouterPipeline pipeline, ILogger logger) : IRouterPipeline
{
    private static readonly Func<ILogger, string, string?, IDisposable?> Scope = LoggerMessage.DefineScope<string, string?>("Request {RequestId} of {TraceParent}");

    public async ValueTask<ChatOutcome> InvokeAsync(RequestContext context, CancellationToken cancellationToken)
    {
        using var scope = Begin(context);
        return await pipeline.InvokeAsync(context, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<ChatOutcome> ResumeAsync(RequestContext context, CancellationToken cancellationToken)
    {
        using var scope = Begin(context);
        return await pipeline.ResumeAsync(context, cancellationToken).ConfigureAwait(false);
    }

    public ValueTask<RouterError?> PlanAsync(RequestContext context, CancellationToken cancellationToken) => pipeline.PlanAsync(context, cancellationToken);

    private IDisposable? Begin(RequestContext context) => Scope(logger, context.RequestId, context.Headers.Get(TraceHeaders.Parent));
}
