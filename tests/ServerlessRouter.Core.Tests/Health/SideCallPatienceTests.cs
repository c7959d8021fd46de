using ServerlessRouter.Errors;
using ServerlessRouter.Health;
using ServerlessRouter.Pipeline;
using Xunit;

namespace ServerlessRouter.Core.Tests.Health;

/// <summary>Questions beside requests that had too little time: no request waits for more of them, and the chats of the deployment go on.</summary>
public sealed class SideCallPatienceTests
{
    private static readonly HealthOptions Options = new();
    private readonly HealthWorld _world = new();

    [Fact]
    public async Task SideCalls_TimeOutInARow_AreMadeNoMoreAndChatsGoOn()
    {
        await TimeOutAsync(Options.FailuresInRow);

        Assert.Null(await BeginAsync());
        Assert.True(_world.Vitals.IsCallable);
        Assert.Equal((0, 0), (_world.Vitals.FailureShare, _world.Vitals.InFlight));
        await _world.CallAsync();
        Assert.Empty(_world.Events.Told);
    }

    [Fact]
    public async Task SideCalls_AnAnswerInBetween_BeginsAnew()
    {
        await TimeOutAsync(Options.FailuresInRow - 1);
        _world.End((await BeginAsync())!);

        await TimeOutAsync(Options.FailuresInRow - 1);

        Assert.NotNull(await BeginAsync());
    }

    [Fact]
    public async Task SideCalls_AfterAWhile_OneIsMadeAndItsEndDecides()
    {
        await TimeOutAsync(Options.FailuresInRow);
        _world.Time.Advance(Options.OutageFirst);

        var probe = (await BeginAsync())!;
        Assert.Null(await BeginAsync());
        _world.End(probe, FailureKind.SideCallTimeout);
        Assert.Null(await BeginAsync());

        _world.Time.Advance(2 * Options.OutageFirst);
        _world.End((await BeginAsync())!);
        _world.End((await BeginAsync())!);
        Assert.NotNull(await BeginAsync());
    }

    [Fact]
    public async Task SideCalls_TurnedAwayByTheBreakerOfAll_LeaveThePlaceOfTheOneThatIsTried()
    {
        await TimeOutAsync(Options.FailuresInRow);
        _world.Time.Advance(Options.OutageFirst);
        await _world.CallAsync(Options.FailuresInRow, FailureKind.ServerError);
        Assert.Null(await BeginAsync());

        _world.Time.Advance(Options.OutageFirst);

        Assert.NotNull(await BeginAsync());
    }

    [Fact]
    public async Task SideCalls_TheProbeOfAllHasTooLittleTime_TheNextProbeIsNotDueAtOnce()
    {
        await _world.CallAsync(Options.FailuresInRow, FailureKind.ServerError);
        _world.Time.Advance(Options.OutageFirst);

        _world.End((await BeginAsync())!, FailureKind.SideCallTimeout);

        Assert.False(_world.Vitals.IsCallable);
        Assert.Null(await _world.BeginAsync());
    }

    [Fact]
    public async Task SideCalls_FailForTheDeploymentsOwnReasons_CountAgainstAll()
    {
        for (var call = 0; call < Options.FailuresInRow; call++)
            _world.End((await BeginAsync())!, FailureKind.ServerError);

        Assert.False(_world.Vitals.IsCallable);
    }

    private async Task TimeOutAsync(int times)
    {
        for (var call = 0; call < times; call++)
            _world.End((await BeginAsync())!, FailureKind.SideCallTimeout);
    }

    private Task<AttemptContext?> BeginAsync() => _world.BeginAsync(reason: AttemptReason.SideCall);
}
