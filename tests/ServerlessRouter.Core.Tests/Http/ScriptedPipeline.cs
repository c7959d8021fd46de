using ServerlessRouter.Chat;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Core.Tests.Http;

/// <summary>Answers as a test says.</summary>
internal sealed class ScriptedPipeline : IRouterPipeline
{
    public Func<RequestContext, CancellationToken, Task<ChatOutcome>> Answer { get; set; } = static (_, _) => Task.FromResult(Answers.Whole("{}"));

    public Func<RequestContext, RouterError?> Plan { get; set; } = static _ => null;

    public ValueTask<ChatOutcome> InvokeAsync(RequestContext context, CancellationToken cancellationToken) => new(Answer(context, cancellationToken));

    /// <summary>As in the real one, a request that has ended is settled and no more.</summary>
    public ValueTask<ChatOutcome> ResumeAsync(RequestContext context, CancellationToken cancellationToken) =>
        context.ResumePoint is { Ending: { } ending } ? new(new ChatOutcome.Failed(ending)) : InvokeAsync(context, cancellationToken);

    public ValueTask<RouterError?> PlanAsync(RequestContext context, CancellationToken cancellationToken) => new(Plan(context));
}
