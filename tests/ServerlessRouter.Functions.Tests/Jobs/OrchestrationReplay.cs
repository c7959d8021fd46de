using Microsoft.DurableTask;
using ServerlessRouter.Domain;
using ServerlessRouter.State;
using Xunit.Sdk;

namespace ServerlessRouter.Functions.Tests.Jobs;

/// <summary>
/// Runs an orchestrator as Durable does: from its beginning after every event, over the history so far. Fails if a run asks for anything else than the run before it did.
/// </summary>
/// <param name="orchestrator">The orchestrator.</param>
/// <param name="answer">Carries out an activity or a sub-orchestration.</param>
/// <param name="random">Which of the actions under way ends first.</param>
internal sealed class OrchestrationReplay(Func<TaskOrchestrationContext, Task> orchestrator, Func<string, object?, object?> answer, IRandomSource random)
{
    private readonly List<ReplayedAction> _history = [];

    public object Input { get; private set; } = null!;

    public object? NextInput { get; set; }

    public object? CustomStatus { get; set; }

    /// <summary>When the history that is running began.</summary>
    public DateTime Began { get; private set; }

    public DateTime Now { get; private set; } = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>The most actions that were under way at once.</summary>
    public int MaxAtOnce { get; private set; }

    /// <summary>The longest history there was.</summary>
    public int MaxHistoryLength { get; private set; }

    /// <summary>Histories it took.</summary>
    public int Histories { get; private set; }

    /// <summary>How long the timers waited.</summary>
    public List<TimeSpan> Waits { get; } = [];

    public async Task RunAsync(object input)
    {
        Input = input;
        while (true)
        {
            Histories++;
            Began = Now;
            await RunOneHistoryAsync();
            if (NextInput is not { } next)
                return;
            (Input, NextInput) = (next, null);
            _history.Clear();
        }
    }

    /// <summary>The action at a place of the history; a new one when it is the first to get there.</summary>
    public ReplayedAction Ask(int place, string name, object? input)
    {
        if (place == _history.Count)
            _history.Add(new ReplayedAction(name, input));
        var action = _history[place];
        return action.Name == name && Equals(action.Input, input)
            ? action
            : throw new XunitException($"A replay asked for {name}({input}) where {action.Name}({action.Input}) was asked for before.");
    }

    private async Task RunOneHistoryAsync()
    {
        while (true)
        {
            var run = orchestrator(new ReplayContext(this));
            MaxHistoryLength = Math.Max(MaxHistoryLength, _history.Count);
            if (run.IsCompleted)
            {
                await run;
                return;
            }

            ReplayedAction[] pending = [.. _history.Where(static action => !action.IsDone)];
            if (pending.Length == 0)
                throw new XunitException("The orchestrator waits for nothing it has asked for.");
            MaxAtOnce = Math.Max(MaxAtOnce, pending.Length);
            Carry(pending[random.Next(pending.Length)]);
        }
    }

    private void Carry(ReplayedAction action)
    {
        if (action.Input is TimeSpan wait && action.Name == "timer")
        {
            Waits.Add(wait);
            Now += wait;
            action.Complete(null, Now);
            return;
        }

        try
        {
            action.Complete(answer(action.Name, action.Input), Now);
        }
        catch (Exception failure) when (failure is InvalidOperationException or TableStoreUnavailableException)
        {
            action.Fail(failure, Now);
        }
    }
}
