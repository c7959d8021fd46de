using ServerlessRouter.Configuration;
using ServerlessRouter.Governance;
using Xunit;
using Xunit.Abstractions;
using static ServerlessRouter.Core.Tests.Governance.Leases.LimitWorld;

namespace ServerlessRouter.Core.Tests.Governance.Leases;

/// <summary>Instances show that they live with few calls, and those that die are noticed all the same.</summary>
public sealed class LeasePresenceTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);

    private readonly LimitWorld _world = new();
    private readonly List<(LimitInstance Instance, TimeSpan NextTurn)> _living = [];
    private TimeSpan _elapsed;

    /// <summary>Whichever instance dies, and however many there are, what it held comes back within some 70 seconds: its last sign of life is seen in time by an instance that lives.</summary>
    [Theory, InlineData(2), InlineData(3), InlineData(4), InlineData(5), InlineData(8), InlineData(13)]
    public async Task InstanceDies_OfHoweverMany_WhatItHeldComesBackInTime(int instances)
    {
        for (var number = 0; number < instances; number++)
        {
            _living.Add((await _world.StartAsync($"instance-{number}"), _elapsed + _world.Options.PresenceInterval));
            await PassAsync(TimeSpan.FromSeconds(1.5));
        }

        await PassAsync(TimeSpan.FromSeconds(60));
        for (var death = 0; death < 12 && _living.Count > 1; death++)
        {
            var dead = _living[death * 5 % _living.Count];
            Assert.NotNull((await dead.Instance.ReserveAsync(AtOnce(1))).Reservation);
            await PassAsync(TimeSpan.FromSeconds(1.5 * death));
            _living.RemoveAll(member => member.Instance == dead.Instance);

            await PassAsync(TimeSpan.FromSeconds(71));

            Assert.Equal(0, (await _living[0].Instance.Limits.ReadAsync(Key, AtOnce(1))).Pending);
            _living.Add((await _world.StartAsync($"again-{death}"), _elapsed + _world.Options.PresenceInterval));
            await PassAsync(TimeSpan.FromSeconds(45));
        }
    }

    /// <summary>One of two that come and go must look at once; among many it is enough that two look in each interval.</summary>
    [Theory, InlineData(1, 0.31), InlineData(2, 0.31), InlineData(8, 0.16), InlineData(16, 0.16)]
    public async Task InstancesThatLive_ShowItWithFewCalls(int instances, double maxCallsPerSecondAndInstance)
    {
        for (var number = 0; number < instances; number++)
            _living.Add((await _world.StartAsync($"instance-{number}"), _elapsed + (number * Tick)));
        await PassAsync(TimeSpan.FromMinutes(1));
        var before = _living.Sum(static member => member.Instance.Store.Calls);

        await PassAsync(TimeSpan.FromMinutes(10));

        var calls = (_living.Sum(static member => member.Instance.Store.Calls) - before) / 600.0 / instances;
        output.WriteLine($"{calls:0.000} calls a second and instance");
        Assert.InRange(calls, 0, maxCallsPerSecondAndInstance);
    }

    /// <summary>A row that was closed while its instance could not write is opened again with the first turn that can.</summary>
    [Fact]
    public async Task InstanceThatWasCutOff_ShowsThatItLivesAgain()
    {
        var instances = await _world.StartAsync(4);
        instances[0].Store.IsDown = true;
        await _world.PassAsync(TimeSpan.FromMinutes(2), instances);
        instances[0].Store.IsDown = false;
        await _world.PassAsync(TimeSpan.FromSeconds(5), instances);
        await instances[0].RequestsAsync(Requests(1000, LimitWindow.Day), 10);

        await _world.PassAsync(TimeSpan.FromMinutes(5), instances);

        Assert.Equal(990, (await instances[1].Limits.ReadAsync(Key, Requests(1000, LimitWindow.Day))).Remaining);
        Assert.Equal(LimitRefusalReason.HeldByOthers, await HeldAsync(instances));
    }

    /// <summary>What an instance holds stays held as long as it lives.</summary>
    private async Task<LimitRefusalReason?> HeldAsync(LimitInstance[] instances)
    {
        Assert.NotNull((await instances[0].ReserveAsync(AtOnce(1))).Reservation);
        await _world.PassAsync(TimeSpan.FromMinutes(3), instances);
        return await instances[1].RequestAsync(AtOnce(1));
    }

    private async Task PassAsync(TimeSpan time)
    {
        for (var until = _elapsed + time; _elapsed < until;)
        {
            _world.Time.Advance(Tick);
            _elapsed += Tick;
            for (var place = 0; place < _living.Count; place++)
            {
                if (_living[place].NextTurn > _elapsed)
                    continue;
                _living[place] = (_living[place].Instance, _living[place].NextTurn + _world.Options.PresenceInterval);
                await _living[place].Instance.Limits.KeepPresentAsync(CancellationToken.None);
            }
        }
    }
}
