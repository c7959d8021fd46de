using ServerlessRouter.Configuration;
using ServerlessRouter.Governance;
using Xunit;
using Xunit.Abstractions;
using static ServerlessRouter.Core.Tests.Governance.Leases.LimitWorld;

namespace ServerlessRouter.Core.Tests.Governance.Leases;

/// <summary>How often the store is asked for requests under limits.</summary>
public sealed class LeaseCostTests(ITestOutputHelper output)
{
    private const int RequestsPerSecond = 100;
    private const int WarmSeconds = 60;
    private const int TokensPerRequest = 500;
    private const int MicrosPerRequest = 2_000;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly LimitWorld _world = new();

    /// <summary>
    /// A hundred requests a second under two limits and two budgets, by one key or many, on one instance or eight, from their second minute on; a quarter of each limit of a minute is left. Eight instances
    /// that share a limit must each ask for their share of what is left, and show that they live.
    /// </summary>
    [Theory, InlineData(1, 1, 0.02), InlineData(1, 1000, 0.05), InlineData(8, 1, 0.12)]
    public async Task HundredRequestsASecond_TheStoreIsAskedForFewOfThem(int instances, int keys, double maxCallsPerRequest)
    {
        var fleet = await _world.StartAsync(instances);
        var perKey = RequestsPerSecond * 60 / keys * 4 / 3;
        LimitModel[] limits =
        [
            LimitWorld.Requests(perKey), Tokens((long)perKey * TokensPerRequest), Budget((long)perKey * MicrosPerRequest * 100), Budget((long)perKey * MicrosPerRequest * 3000, LimitWindow.Month),
        ];
        var (sent, refused, first) = (0, 0, 0);
        for (var second = 1; second <= 300; second++)
        {
            for (var place = 0; place < RequestsPerSecond; place++, sent++)
            {
                var subject = new LimitSubject(SubjectKind.Key, $"key-{sent % keys}");
                var outcome = await fleet[(sent / keys) % instances].ReserveAsync(
                    new Claim(subject, limits[0], 1), new Claim(subject, limits[1], TokensPerRequest), new Claim(subject, limits[2], MicrosPerRequest), new Claim(subject, limits[3], MicrosPerRequest));
                outcome.Reservation?.Settle([1, TokensPerRequest, MicrosPerRequest, MicrosPerRequest]);
                refused += outcome.Reservation is null ? 1 : 0;
            }

            _world.Time.Advance(Second);
            foreach (var instance in fleet)
                await TurnAsync(instance, second);
            if (second == WarmSeconds)
                first = fleet.Sum(static instance => instance.Store.Calls);
        }

        var calls = (fleet.Sum(static instance => instance.Store.Calls) - first) / (double)(sent - (WarmSeconds * RequestsPerSecond));
        output.WriteLine($"{calls:0.0000} calls a request, {refused} of {sent} refused");
        Assert.Equal(0, refused);
        Assert.InRange(calls, 0, maxCallsPerRequest);
    }

    private async Task TurnAsync(LimitInstance instance, int second)
    {
        if (second % (int)_world.Options.PresenceInterval.TotalSeconds == 0)
            await instance.Limits.KeepPresentAsync(CancellationToken.None);
        if (second % (int)_world.Options.RenewInterval.TotalSeconds == 0)
            await instance.Limits.RenewAsync(CancellationToken.None);
    }
}
