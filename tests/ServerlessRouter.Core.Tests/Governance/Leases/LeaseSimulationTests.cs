using ServerlessRouter.Configuration;
using ServerlessRouter.Governance;
using ServerlessRouter.Testing.Chance;
using Xunit;
using Xunit.Abstractions;

namespace ServerlessRouter.Core.Tests.Governance.Leases;

/// <summary>
/// The published bound, over 10,000 requests at eight instances: overshoot is at most one grant of each instance, and what one request in flight at each uses more than it asked for; what is granted to an
/// instance and not used is at most that too, so that is the most anyone is refused with.
/// </summary>
public sealed class LeaseSimulationTests(ITestOutputHelper output)
{
    private const int Instances = 8;
    private const int Requests = 10_000;
    private const double PerSecond = 25;

    private static readonly LimitModel PerMinute = new("requestsPerMinute", LimitMeasure.Requests, 240, LimitWindow.Minute) { OnStoreFailure = StoreFailureRule.Closed };
    private static readonly LimitModel PerHour = new("requestsPerHour", LimitMeasure.Requests, 1800, LimitWindow.Hour) { OnStoreFailure = StoreFailureRule.Closed };
    private static readonly LimitModel Tokens = new("tokensPerHour", LimitMeasure.Tokens, 900_000, LimitWindow.Hour) { OnStoreFailure = StoreFailureRule.Closed };
    private static readonly LimitModel Budget = new("budget.day", LimitMeasure.Money, 3_500_000, LimitWindow.Day);
    private static readonly LimitModel Tier = new("tier.budget.day", LimitMeasure.Money, 13_000_000, LimitWindow.Day);
    private static readonly LimitModel AtOnce = new("concurrentRequests", LimitMeasure.Concurrency, 40, LimitWindow.None) { OnStoreFailure = StoreFailureRule.Closed };

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public Task LateStore_OvershootIsWithinTheBound_AndEveryUseIsSettledOnce(int seed) => RunAsync(seed, lost: 0, late: 0, crashes: 0, outages: 0);

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public Task LostAnswersAndLateWrites_OvershootIsWithinTheBound_AndEveryUseIsSettledOnce(int seed) => RunAsync(seed, lost: 0.05, late: 0.01, crashes: 0, outages: 0);

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public Task Outages_OvershootIsWithinTheBound_AndEveryUseIsSettledOnce(int seed) => RunAsync(seed, lost: 0.02, late: 0.01, crashes: 0, outages: 6);

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public Task Crashes_WhatIsPendingComesBack_AndOnlyUnwrittenUseIsLost(int seed) => RunAsync(seed, lost: 0, late: 0, crashes: 6, outages: 0);

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5), InlineData(6)]
    public Task EverythingAtOnce_HoldsTheBound(int seed) => RunAsync(seed, lost: 0.05, late: 0.01, crashes: 6, outages: 6);

    /// <summary>Many short lives of few instances with small limits, where what goes wrong goes wrong soon.</summary>
    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public Task AnyInterleaving_NothingIsCountedTwiceAndNothingStaysPending(int group) => Task.Run(async () =>
    {
        for (var seed = 100 * group; seed < (100 * group) + 40; seed++)
        {
            var fleet = new LimitFleet(seed, members: 3)
            {
                LostShare = 0.1,
                LateShare = 0.05,
                Ask = static random =>
                {
                    var key = new LimitSubject(SubjectKind.Key, $"key-{random.Next(2)}");
                    return [new Claim(key, PerMinute with { Amount = 10 }, 1), new Claim(key, Tokens with { Amount = 20_000 }, 1000), new Claim(key, Budget with { Amount = 50_000 }, 1000), new Claim(key, AtOnce with { Amount = 4 }, 1)];
                },
            };
            await fleet.StartAsync();
            for (var planned = 0; planned < 2; planned++)
            {
                fleet.PlanCrash(TimeSpan.FromSeconds(20 * planned));
                fleet.PlanOutage(TimeSpan.FromSeconds(10 + (20 * planned)), TimeSpan.FromSeconds(6), share: 0.5);
            }

            await fleet.ServeAsync(requests: 150, perSecond: 2.5);
            await fleet.PassAsync(TimeSpan.FromMinutes(3));
            await CheckPendingAsync(fleet);
            await fleet.EndAsync();
            foreach (var (limit, truth, total) in await fleet.Books.ReadAsync(fleet.Memory))
            {
                Assert.InRange(total.Settled, truth.Used - truth.MaxLost, truth.Used);
                var request = limit.Measure is LimitMeasure.Requests or LimitMeasure.Concurrency ? 1 : 1300;
                Assert.InRange(truth.Used - limit.Amount, long.MinValue, (3 + fleet.Crashes + 3) * request);
            }
        }
    });

    /// <summary>What a seed shows it shows again: a failure can be looked into.</summary>
    [Fact]
    public Task SameSeed_SameHistory() => Task.Run(async () =>
    {
        var histories = new List<int>();
        for (var run = 0; run < 2; run++)
        {
            var fleet = Fleet(seed: 7, lost: 0.05, late: 0.01);
            await fleet.StartAsync();
            fleet.PlanCrash(TimeSpan.FromSeconds(15));
            await fleet.ServeAsync(1000, PerSecond);
            histories.Add(fleet.Digest.ToHashCode());
            await fleet.EndAsync();
        }

        Assert.Equal(histories[0], histories[1]);
    });

    private Task RunAsync(int seed, double lost, double late, int crashes, int outages) => Task.Run(async () =>
    {
        var fleet = Fleet(seed, lost, late);
        await fleet.StartAsync();
        var random = new SeededRandomSource(seed + 1000);
        for (var crash = 0; crash < crashes; crash++)
            fleet.PlanCrash(TimeSpan.FromSeconds(20 + (random.NextDouble() * 300)));
        for (var outage = 0; outage < outages; outage++)
            fleet.PlanOutage(TimeSpan.FromSeconds(20 + (random.NextDouble() * 300)), TimeSpan.FromSeconds(1 + (random.NextDouble() * 20)), random.NextDouble());

        await fleet.ServeAsync(Requests, PerSecond);
        await fleet.PassAsync(TimeSpan.FromMinutes(4));
        await CheckPendingAsync(fleet);
        await fleet.EndAsync();
        await CheckAsync(fleet);
    });

    private static LimitFleet Fleet(int seed, double lost, double late) => new(seed, Instances)
    {
        LostShare = lost,
        LateShare = late,
        Ask = static random =>
        {
            // The first keys are asked for more than they may.
            var key = new LimitSubject(SubjectKind.Key, $"key-{random.Next(4) * random.Next(3)}");
            return
            [
                new Claim(key, PerMinute, 1), new Claim(key, PerHour, 1), new Claim(key, Tokens, 100 + random.Next(900)), new Claim(key, Budget, 500 + random.Next(4000)),
                new Claim(new LimitSubject(SubjectKind.Tier, "free"), Tier, 500 + random.Next(4000)), new Claim(key, AtOnce, 1),
            ];
        },
    };

    /// <summary>Minutes after the last request no instance holds anything, and nothing of those that died is pending.</summary>
    private static async Task CheckPendingAsync(LimitFleet fleet)
    {
        foreach (var (limit, truth, total) in await fleet.Books.ReadAsync(fleet.Memory))
        {
            Assert.True(total.Granted - total.Settled is var pending && pending == 0, $"{limit.Name}: {pending} pending after minutes");
            Assert.Equal(0, truth.Held);
        }
    }

    private async Task CheckAsync(LimitFleet fleet)
    {
        foreach (var (limit, truth, total) in await fleet.Books.ReadAsync(fleet.Memory))
        {
            // Nothing twice, and nothing lost but what an instance that died had not written.
            Assert.InRange(total.Settled, truth.Used - truth.MaxLost, truth.Used);
            Assert.Equal(total.Settled, total.Granted);
            Assert.True(truth.Used - limit.Amount <= Bound(limit, fleet), $"{limit.Name}: {truth.Used} of {limit.Amount}");
        }

        // Who was refused for want of anything had less left than the others may hold; one that is cut off cannot give back what it holds.
        foreach (var (refusal, left, at) in fleet.Books.Refused.Where(refused =>
            refused.Refusal.Reason != LimitRefusalReason.StoreUnavailable && !fleet.CutOff.Exists(cut => cut.From <= refused.At && refused.At <= cut.To)))
            Assert.True(left <= Bound(refusal.Claim.Limit, fleet), $"{refusal.Claim.Limit.Name} of {refusal.Claim.Subject.Name} at {at:T}: {refusal.Reason} with {left} left, {refusal.Standing}");
        output.WriteLine($"{fleet.Books.Passed} passed, {fleet.Books.Refused.Count} refused ({string.Join(", ", fleet.Books.Refused.GroupBy(static refused => refused.Refusal.Reason).Select(static reason => $"{reason.Key} {reason.Count()}"))}), "
            + $"{fleet.Crashes} crashes, {fleet.Outages} outages, waited {fleet.Books.MaxWait.TotalMilliseconds:0} ms at most, "
            + $"{fleet.Members.Sum(static member => member.Store!.Calls)} calls, {fleet.Members.Sum(static member => member.Store!.Conflicts)} conflicts");
        foreach (var limit in fleet.Books.Windows.GroupBy(static window => window.Limit))
            output.WriteLine($"{limit.Key.Name}: at most {limit.Max(static window => window.Truth.Used)} of {limit.Key.Amount}, bound {limit.Key.Amount + Bound(limit.Key, fleet)}");
        Assert.InRange(fleet.Books.MaxWait, TimeSpan.Zero, TimeSpan.FromMilliseconds(50) + LimitFleet.Step);
    }

    private static long Bound(LimitModel limit, LimitFleet fleet)
    {
        var request = limit.Measure switch { LimitMeasure.Tokens => 1000, LimitMeasure.Money => 4500, _ => 1 };
        var grant = Math.Max((long)(limit.Amount * 0.02), request);
        return ((Instances + fleet.Crashes) * grant) + (Instances * request);
    }
}
