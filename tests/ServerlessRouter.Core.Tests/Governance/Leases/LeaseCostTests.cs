using ServerlessRouter.Configuration;
using ServerlessRouter.Governance;
using Xunit;
using Xunit.Abstractions;
using static ServerlessRouter.Core.Tests.Governance.Leases.LimitWorld;

namespace ServerlessRouter.Core.Tests.Governance.Leases;

/// <summary>How often the store is asked for requests under limits: a hundred requests a second, on one instance or eight, from their second minute on. A transaction is one call, as the service bills it.</summary>
public sealed class LeaseCostTests(ITestOutputHelper output)
{
    private const int RequestsPerSecond = 100;
    private const int WarmSeconds = 60;
    private const int TokensPerRequest = 500;
    private const int MicrosPerRequest = 2_000;
    private const int SecondsOfRequest = 2;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly LimitWorld _world = new();
    private readonly Queue<(int EndsAt, ILimitReservation Reservation)> _running = new();

    /// <summary>
    /// Each request is under two limits and two budgets of its key and takes so many seconds; a quarter of each limit of a minute is left at its end. Eight instances that share a limit must each ask for their
    /// share of what is left, and show that they live.
    /// </summary>
    [Theory]
    [InlineData(1, 1, 0, 0.02)]
    [InlineData(1, 1000, 0, 0.05)]
    [InlineData(8, 1, 0, 0.05)]
    [InlineData(8, 1, 20, 0.05)]
    [InlineData(8, 20, 0, 0.12)]
    [InlineData(8, 20, 20, 0.12)]
    public async Task HundredRequestsASecond_TheStoreIsAskedForFewOfThem(int instances, int keys, int secondsEach, double maxCallsPerRequest)
    {
        var perKey = RequestsPerSecond * 60 / keys * 4 / 3;
        LimitModel[] limits =
        [
            LimitWorld.Requests(perKey), Tokens((long)perKey * TokensPerRequest), Budget((long)perKey * MicrosPerRequest * 100), Budget((long)perKey * MicrosPerRequest * 3000, LimitWindow.Month),
        ];

        long[] used = [1, TokensPerRequest, MicrosPerRequest, MicrosPerRequest];

        var calls = await MeasureAsync(instances, async (fleet, sent, second) =>
        {
            Settle(second, used);
            var subject = new LimitSubject(SubjectKind.Key, $"key-{sent % keys}");
            var outcome = await fleet[(sent / keys) % instances].ReserveAsync(
                new Claim(subject, limits[0], 1), new Claim(subject, limits[1], TokensPerRequest), new Claim(subject, limits[2], MicrosPerRequest), new Claim(subject, limits[3], MicrosPerRequest));
            return Begin(outcome, second + secondsEach);
        });

        Assert.InRange(calls, 0, maxCallsPerRequest);
    }

    /// <summary>What a deployment is configured to take is shared out, too: each call is under its requests and tokens a minute, and holds a slot for two seconds where slots are counted.</summary>
    [Theory, InlineData(1, false, 0.02), InlineData(1, true, 0.02), InlineData(8, false, 0.05), InlineData(8, true, 0.06)]
    public async Task CapacityOfADeployment_TheStoreIsAskedForFewCalls(int instances, bool hasSlots, double maxCallsPerRequest)
    {
        var deployment = new LimitSubject(SubjectKind.Deployment, "vllm/m");
        const int PerMinute = RequestsPerSecond * 60 * 4 / 3;
        Claim[] rates = [new(deployment, LimitWorld.Requests(PerMinute), 1), new(deployment, Tokens((long)PerMinute * TokensPerRequest), TokensPerRequest)];
        Claim[] claims = hasSlots ? [.. rates, new(deployment, AtOnce(RequestsPerSecond * SecondsOfRequest * 4 / 3), 1)] : rates;

        var calls = await MeasureAsync(instances, async (fleet, sent, second) =>
        {
            Settle(second, [1, TokensPerRequest, 0]);
            if (hasSlots)
                fleet[sent % instances].Limits.Demand.ShareOf(deployment, (int)claims[2].Limit.Amount);
            return Begin(await fleet[sent % instances].ReserveAsync(claims), second + SecondsOfRequest);
        });

        Assert.InRange(calls, 0, maxCallsPerRequest);
    }

    /// <summary>More rows than one page is to bring are read in parts.</summary>
    [Fact]
    public async Task MoreRowsThanAreReadTogether_EachUseIsCountedOnce_AndNothingStaysHeld()
    {
        const int Keys = 2000;
        var instances = await _world.StartAsync(2);
        var limit = LimitWorld.Requests(1000, LimitWindow.Day);
        for (var sent = 0; sent < 2 * Keys; sent++)
        {
            var outcome = await instances[sent / Keys].ReserveAsync(new Claim(new LimitSubject(SubjectKind.Key, $"key-{sent % Keys}"), limit, 1));
            outcome.Reservation!.Settle([1]);
        }

        await _world.PassAsync(TimeSpan.FromMinutes(2), instances);

        Assert.All(await _world.TotalsAsync(), static total => Assert.Equal((2, 2), (total.Granted, total.Settled)));
    }

    private bool Begin(in ClaimOutcome outcome, int endsAt)
    {
        if (outcome.Reservation is not { } reservation)
            return false;
        _running.Enqueue((endsAt, reservation));
        return true;
    }

    private void Settle(int second, long[] used)
    {
        while (_running.TryPeek(out var first) && first.EndsAt <= second)
            _running.Dequeue().Reservation.Settle(used);
    }

    /// <summary>Calls a request, where none is refused.</summary>
    private async Task<double> MeasureAsync(int instances, Func<LimitInstance[], int, int, Task<bool>> isLetThroughAsync)
    {
        var fleet = await _world.StartAsync(instances);
        var (sent, refused, waited, first) = (0, 0, 0, 0);
        for (var second = 1; second <= 300; second++)
        {
            for (var place = 0; place < RequestsPerSecond; place++, sent++)
            {
                var before = CallsOf(fleet);
                refused += await isLetThroughAsync(fleet, sent, second) ? 0 : 1;
                waited += second > WarmSeconds && CallsOf(fleet) > before ? 1 : 0;
            }

            _world.Time.Advance(Second);
            foreach (var instance in fleet)
                await TurnAsync(instance, second);
            if (second == WarmSeconds)
                first = CallsOf(fleet);
        }

        var calls = (CallsOf(fleet) - first) / (double)(sent - (WarmSeconds * RequestsPerSecond));
        output.WriteLine($"{calls:0.0000} calls a request, {refused} of {sent} refused, {waited} waited for the store");
        Assert.Equal(0, refused);
        return calls;
    }

    private static int CallsOf(LimitInstance[] fleet) => fleet.Sum(static instance => instance.Store.Calls);

    private async Task TurnAsync(LimitInstance instance, int second)
    {
        if (second % (int)_world.Options.PresenceInterval.TotalSeconds == 0)
            await instance.Limits.KeepPresentAsync(CancellationToken.None);
        if (second % (int)_world.Options.RenewInterval.TotalSeconds == 0)
            await instance.Limits.RenewAsync(CancellationToken.None);
    }
}
