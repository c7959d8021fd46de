using ServerlessRouter.Core.Tests.State;
using Xunit;

namespace ServerlessRouter.Core.Tests.Recording.Usage;

/// <summary>What rows of writers tell is not lost when they are given up, whatever other instances are at work.</summary>
public sealed class UsageSealingTests
{
    private const char Source = 's';

    /// <summary>Just after midnight one instance does all there is to do, twice, while another is at the same.</summary>
    [Theory, InlineData(true), InlineData(false)]
    public async Task RollUp_AnotherGivesRowsUpMeanwhile_FiguresStayWhatTheyWere(bool hasHourToRoll)
    {
        var calls = 0;
        for (var before = 1; before <= calls + 1; before++)
            calls = Math.Max(calls, await RollUpBesideAsync(hasHourToRoll, before));

        Assert.True(calls > 50, "The roll-up hardly called the store.");
    }

    /// <summary>Returns how often the slower one called the store.</summary>
    private static async Task<int> RollUpBesideAsync(bool hasHourToRoll, int before)
    {
        var fleet = new UsageFleet();
        var (one, other) = (fleet.Join(), fleet.Join());
        for (var hour = 0; hour < 3; hour++)
        {
            fleet.Settle(one);
            fleet.Settle(other, "other");
            await UsageFleet.FlushAsync(one);
            await UsageFleet.FlushAsync(other);
            fleet.Time.Advance(TimeSpan.FromHours(1));
        }

        fleet.Time.Advance(TimeSpan.FromHours(24 - 15) + fleet.Options.HourGrace + TimeSpan.FromDays(fleet.Options.RollUpDays));
        await other.RollUpAsync(default);
        fleet.Time.Advance(TimeSpan.FromDays(1) - TimeSpan.FromMinutes(1) - fleet.Options.HourGrace);
        await other.RollUpAsync(default);
        fleet.Time.Advance(TimeSpan.FromMinutes(1) + (hasHourToRoll ? fleet.Options.HourGrace : TimeSpan.Zero));
        var store = new ScriptedStore(fleet.Store);
        store.Answer = async cancellationToken =>
        {
            if (store.Calls != before)
                return;
            await other.RollUpAsync(cancellationToken);
            await other.RollUpAsync(cancellationToken);
        };

        await fleet.Join(store).RollUpAsync(default);

        await fleet.AssertCompleteAsync();
        for (var turn = 0; turn < 3; turn++)
        {
            fleet.Time.Advance(fleet.Options.RollUpTimeout);
            await other.RollUpAsync(default);
        }

        Assert.Equal(0, await fleet.CountAsync(Source));
        await fleet.AssertCompleteAsync();
        return store.Calls;
    }
}
