using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ServerlessRouter.Functions.Tests.Jobs;

/// <summary>One run of an orchestrator over a history: what the history holds is answered, in the order asked for; what is new is noted and never answered in this run.</summary>
internal sealed class ReplayContext(OrchestrationReplay replay) : TaskOrchestrationContext
{
    private int _asked;
    private DateTime _now = replay.Began;

    public override TaskName Name => "orchestration";

    public override string InstanceId => "instance";

    public override ParentOrchestrationInstance? Parent => null;

    /// <summary>As in Durable: when what the orchestrator has seen last was done, and so the same at every replay.</summary>
    public override DateTime CurrentUtcDateTime => _now;

    public override bool IsReplaying => false;

    public override TaskOrchestrationEntityFeature Entities => throw new NotSupportedException();

    protected override ILoggerFactory LoggerFactory => NullLoggerFactory.Instance;

    public override T GetInput<T>() => (T)replay.Input;

    public override Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null) => AskAsync<TResult>(name, input);

    public override Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, object? input = null, TaskOptions? options = null) => AskAsync<TResult>(orchestratorName, input);

    public override Task CallSubOrchestratorAsync(TaskName orchestratorName, object? input = null, TaskOptions? options = null) => AskAsync<object?>(orchestratorName, input);

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken) => AskAsync<object?>("timer", fireAt - _now);

    public override Task CreateTimer(TimeSpan delay, CancellationToken cancellationToken) => AskAsync<object?>("timer", delay);

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true) => replay.NextInput = newInput;

    public override void SetCustomStatus(object? customStatus) => replay.CustomStatus = customStatus;

    public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public override void SendEvent(string instanceId, string eventName, object payload) => throw new NotSupportedException();

    public override Guid NewGuid() => throw new NotSupportedException();

    /// <summary>What crosses in Durable is the type's name and the message.</summary>
    private static TaskFailureDetails DetailsOf(Exception failure) => new(failure.GetType().FullName!, failure.Message, null, null, null);

    private Task<TResult> AskAsync<TResult>(string name, object? input)
    {
        var action = replay.Ask(_asked++, name, input);
        if (!action.IsDone)
            return new TaskCompletionSource<TResult>().Task;
        _now = action.DoneAt > _now ? action.DoneAt : _now;
        return action.Failure is { } failure ? Task.FromException<TResult>(new TaskFailedException(name, 0, DetailsOf(failure))) : Task.FromResult((TResult)action.Result!);
    }
}
