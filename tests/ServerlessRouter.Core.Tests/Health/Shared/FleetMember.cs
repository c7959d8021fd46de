using Microsoft.Extensions.Logging.Abstractions;
using ServerlessRouter.Configuration;
using ServerlessRouter.Core.Tests.Dispatch;
using ServerlessRouter.Errors;
using ServerlessRouter.Health;
using ServerlessRouter.Health.Shared;
using ServerlessRouter.Pipeline;
using ServerlessRouter.State;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Time;

namespace ServerlessRouter.Core.Tests.Health.Shared;

/// <summary>One router instance of a fleet, as far as health goes.</summary>
internal sealed class FleetMember
{
    private readonly ManualTimeProvider _time;
    private readonly HealthStage _stage;

    public FleetMember(string name, LanguageModel model, ITableStore store, ManualTimeProvider time, TimeSpan? storeTimeout = null)
    {
        _time = time;
        Name = name;
        Model = model;
        Registry = new HealthRegistry(new HealthOptions(), time);
        Registry.Follow(Given.Router(model));
        var options = new SharedHealthOptions { InstanceId = name };
        Shared = new SharedHealth(
            store, Registry, options with { StoreTimeout = storeTimeout ?? options.StoreTimeout }, time, NullLogger<SharedHealth>.Instance);
        _stage = new HealthStage(Registry);
    }

    public string Name { get; }

    public LanguageModel Model { get; }

    public HealthRegistry Registry { get; }

    public SharedHealth Shared { get; }

    public bool IsCallable => Registry.Of(Model.Deployments[0]).IsCallable;

    /// <summary>Begins a call if balancing and health would let it through.</summary>
    public async Task<AttemptContext?> BeginAsync()
    {
        if (!IsCallable)
            return null;
        var attempt = Given.Attempt(_time, Model);
        var isThrough = false;
        await _stage.InvokeAsync(attempt, (_, _) =>
        {
            isThrough = true;
            return new(new AttemptFailure(FailureKind.ServerError, "unused"));
        }, CancellationToken.None);
        return isThrough ? attempt : null;
    }

    public void End(AttemptContext attempt, bool isDown) =>
        attempt.End(_time.GetTimestamp(), isDown ? new AttemptFailure(FailureKind.ServerError, "down") : null, default, 0);

    /// <summary>Calls until the breaker opens.</summary>
    public async Task OpenAsync()
    {
        var turns = new Turns("the breaker to open");
        while (await BeginAsync() is { } attempt)
        {
            turns.Take();
            End(attempt, isDown: true);
        }
    }

    public Task SyncAsync() => Shared.SyncAsync(CancellationToken.None).AsTask();
}
