using ServerlessRouter.Governance.Leases;
using Xunit;

namespace ServerlessRouter.Core.Tests.Governance.Leases;

/// <summary>How much one instance among others is granted, and when.</summary>
public sealed class LeaseGrantTests
{
    private const long Limit = 10_000;

    /// <summary>Two per cent of the limit far from its end, and of what is left near it.</summary>
    [Theory]
    [InlineData(10_000, 200)]
    [InlineData(5_000, 200)]
    [InlineData(4_000, 140)]
    [InlineData(2_500, 50)]
    [InlineData(1_000, 20)]
    [InlineData(100, 2)]
    [InlineData(20, 1)]
    [InlineData(0, 0)]
    public void Target_AmongOthers_IsNeverAboveTheShareOfTheLimit_AndSmallNearItsEnd(long left, long granted) =>
        Assert.Equal(granted, Grant(Figures() with { OthersGranted = Limit - left }).Target);

    [Fact]
    public void Target_IsNoMoreThanTwiceTheRecentUse() => Assert.Equal(60, Grant(Figures() with { Recent = 60 }).Target);

    /// <summary>Due with a quarter left, and before that wherever others are written.</summary>
    [Theory]
    [InlineData(200, 49, false, false)]
    [InlineData(200, 50, false, true)]
    [InlineData(200, 149, false, true)]
    [InlineData(200, 150, true, true)]
    [InlineData(200, 201, true, true)]
    public void IsDue_WithAQuarterLeft(long granted, long used, bool isDue, bool isRipe)
    {
        var grant = Grant(Figures() with { Granted = granted, Used = used, Stored = new LeasePlan(granted, 0) });

        Assert.Equal((isDue, isRipe), (grant.IsDue, grant.IsRipe));
    }

    /// <summary>What is left of a grant of one request is nothing for the next.</summary>
    [Theory, InlineData(0, false), InlineData(1, true), InlineData(60, true)]
    public void IsDue_WhereTooLittleIsLeftForOneMoreRequest(long used, bool isDue)
    {
        var figures = Figures() with { OthersGranted = Limit - 300, Granted = 100, OneRequest = 100, Used = used, Stored = new LeasePlan(100, 0) };

        Assert.Equal(isDue, Grant(figures).IsDue);
    }

    /// <summary>Use is written after half a minute, and after half of that where others are written.</summary>
    [Theory, InlineData(14, false, false), InlineData(15, false, true), InlineData(30, true, true)]
    public void Unwritten_IsDueAfterAWhile(long seconds, bool isDue, bool isRipe)
    {
        var grant = Grant(Figures() with { Granted = 200, Used = 10, Settled = 10, UnwrittenFor = seconds, Stored = new LeasePlan(200, 0) });

        Assert.Equal((isDue, isRipe), (grant.IsDue, grant.IsRipe));
    }

    private static LeaseFigures Figures() => new()
    {
        Ceiling = Limit, Granted = 0, Settled = 0, Used = 0, Waiting = 0, OthersGranted = 0, Recent = Limit, OneRequest = 1, Stored = default, UnwrittenFor = 0, MaxUnwritten = long.MaxValue, IsOver = false, IsStale = false,
    };

    private static LeaseGrant Grant(LeaseFigures figures) => LeaseGrant.Of(figures, new LeaseMoment
    {
        Now = 0, UtcNow = default, UsePeriod = 30, FlushInterval = 30, RenewInterval = 2, GrantShare = LeaseOptions.DefaultGrantShare, IsAlone = false, IsStoreDown = false, IsLeaving = false,
    });
}
