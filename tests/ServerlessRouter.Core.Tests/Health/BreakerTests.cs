using ServerlessRouter.Core.Tests.Dispatch;
using ServerlessRouter.Errors;
using ServerlessRouter.Health;
using ServerlessRouter.Pipeline;
using Xunit;

namespace ServerlessRouter.Core.Tests.Health;

public sealed class BreakerTests
{
    private static readonly HealthOptions Options = new();
    private readonly HealthWorld _world = new();

    public static TheoryData<FailureKind> Counting =>
    [
        FailureKind.ConnectFailed, FailureKind.ServerError, FailureKind.Overloaded, FailureKind.CutBeforeCommit, FailureKind.CutAfterCommit,
        FailureKind.FirstTokenTimeout, FailureKind.Stalled, FailureKind.StalledAfterCommit,
    ];

    public static TheoryData<FailureKind> Innocent =>
    [
        FailureKind.ClientLeft, FailureKind.RequestRejected, FailureKind.ContentFiltered, FailureKind.ContextLengthExceeded, FailureKind.NotExpressible,
        FailureKind.DeadlinePassed, FailureKind.CheckFailed, FailureKind.Outraced,
    ];

    [Theory, MemberData(nameof(Counting))]
    public async Task Failures_InARow_OpenIt(FailureKind kind)
    {
        await _world.CallAsync(Options.FailuresInRow - 1, kind);
        Assert.True(_world.Vitals.IsCallable);

        await _world.CallAsync(kind);

        Assert.False(_world.Vitals.IsCallable);
        Assert.Equal(Options.OutageFirst.TotalSeconds, _world.Vitals.OpenForSeconds, 3);
        Assert.Null(await _world.BeginAsync());
        Assert.Equal(["m/0 Outage 5"], _world.Events.Told);
    }

    [Theory, MemberData(nameof(Innocent))]
    public async Task Failures_ThatSayNothingOfTheDeployment_NeverOpenIt(FailureKind kind)
    {
        await _world.CallAsync(100, kind);

        Assert.True(_world.Vitals.IsCallable);
        Assert.Equal(0, _world.Vitals.FailureShare);
    }

    [Fact]
    public async Task Failures_HalfOfASufficientSample_OpenIt()
    {
        for (var pair = 0; pair < 4; pair++)
        {
            await _world.CallAsync();
            await _world.CallAsync(FailureKind.ServerError);
        }

        await _world.CallAsync();
        Assert.True(_world.Vitals.IsCallable);
        await _world.CallAsync(FailureKind.ServerError);
        Assert.False(_world.Vitals.IsCallable);
    }

    [Fact]
    public async Task Failures_FewerThanTheShare_LeaveItClosed()
    {
        for (var round = 0; round < 50; round++)
        {
            await _world.CallAsync(2);
            await _world.CallAsync(FailureKind.ServerError);
        }

        Assert.True(_world.Vitals.IsCallable);
        Assert.Equal(1 / 3.0, _world.Vitals.FailureShare, 2);
    }

    [Fact]
    public async Task Failures_OlderThanTheWindow_AreForgotten()
    {
        for (var round = 0; round < 4; round++)
        {
            await _world.CallAsync(FailureKind.ServerError);
            await _world.CallAsync();
        }

        _world.Time.Advance(Options.Window * 1.2);
        await _world.CallAsync(FailureKind.ServerError);
        await _world.CallAsync();

        Assert.True(_world.Vitals.IsCallable);
        Assert.Equal(0.5, _world.Vitals.FailureShare);
    }

    [Fact]
    public async Task HalfOpen_ManyWantToCall_ExactlyOneProbePasses()
    {
        await OpenAsync();
        _world.Time.Advance(Options.OutageFirst);
        Assert.True(_world.Vitals.IsCallable);

        var began = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(() => _world.BeginAsync())));

        var probe = Assert.Single(began, attempt => attempt is not null)!;
        Assert.False(_world.Vitals.IsCallable);
        _world.End(probe);
        Assert.True(_world.Vitals.IsCallable);
        Assert.Equal("m/0 closed", _world.Events.Told.Last());
        Assert.NotNull(await _world.BeginAsync());
        Assert.NotNull(await _world.BeginAsync());
    }

    [Fact]
    public async Task HalfOpen_ProbesFail_StaysOpenTwiceAsLongEachTimeUpToTheLongest()
    {
        await OpenAsync();
        var lengths = new List<double>();
        for (var probe = 0; probe < 7; probe++)
        {
            _world.Time.Advance(TimeSpan.FromSeconds(_world.Vitals.OpenForSeconds));
            await _world.CallAsync(FailureKind.ServerError);
            lengths.Add(Math.Round(_world.Vitals.OpenForSeconds));
        }

        Assert.Equal([10, 20, 40, 80, 120, 120, 120], lengths);
    }

    [Theory, InlineData(FailureKind.ClientLeft), InlineData(FailureKind.RequestRejected)]
    public async Task HalfOpen_ProbeDecidesNothing_TheNextMayProbe(FailureKind kind)
    {
        await OpenAsync();
        _world.Time.Advance(Options.OutageFirst);
        await _world.CallAsync(kind);

        Assert.True(_world.Vitals.IsCallable);
        Assert.NotNull(await _world.BeginAsync());
        Assert.Null(await _world.BeginAsync());
    }

    [Fact]
    public async Task Open_CallsFromBeforeEnd_NeitherCloseItNorMakeItLonger()
    {
        var before = new[] { await _world.BeginAsync(), await _world.BeginAsync() };
        _world.Time.Advance(TimeSpan.FromSeconds(1));
        await OpenAsync();
        _world.Time.Advance(TimeSpan.FromSeconds(1));

        _world.End(before[0]!);
        _world.End(before[1]!, FailureKind.ServerError);

        Assert.Equal(Options.OutageFirst.TotalSeconds - 1, _world.Vitals.OpenForSeconds, 3);
    }

    [Fact]
    public async Task Open_LastResortSucceeds_ClosesIt()
    {
        await OpenAsync();
        await _world.CallAsync(null, null, DeploymentChoice.LeastBad);

        Assert.True(_world.Vitals.IsCallable);
    }

    [Theory]
    [InlineData(FailureKind.ServerError), InlineData(FailureKind.RateLimited), InlineData(FailureKind.CredentialRefused), InlineData(FailureKind.QuotaExhausted)]
    public async Task Open_LastResortsFail_ItStaysOpenNoLonger(FailureKind kind)
    {
        await OpenAsync();
        for (var request = 0; request < 3; request++)
        {
            _world.Time.Advance(TimeSpan.FromSeconds(1));
            await _world.CallAsync(kind, null, DeploymentChoice.LeastBad);
        }

        Assert.Equal(Options.OutageFirst.TotalSeconds - 3, _world.Vitals.OpenForSeconds, 3);
        _world.Time.Advance(Options.OutageFirst);
        await _world.CallAsync(FailureKind.ServerError);
        Assert.Equal(2 * Options.OutageFirst.TotalSeconds, _world.Vitals.OpenForSeconds, 3);
    }

    [Fact]
    public async Task Open_LastResortIsToldWhenToComeBack_TheVendorsWordHoldsAndCountsAsNoOpening()
    {
        await OpenAsync();
        await _world.CallAsync(FailureKind.RateLimited, TimeSpan.FromSeconds(9), DeploymentChoice.LeastBad);
        Assert.Equal(9, _world.Vitals.OpenForSeconds, 3);

        _world.Time.Advance(TimeSpan.FromSeconds(9));
        await _world.CallAsync(FailureKind.ServerError);
        Assert.Equal(2 * Options.OutageFirst.TotalSeconds, _world.Vitals.OpenForSeconds, 3);
    }

    [Fact]
    public async Task BurstLimit_WithAHint_OpensForExactlyThat()
    {
        await _world.CallAsync(FailureKind.RateLimited, TimeSpan.FromSeconds(17));

        Assert.Equal(17, _world.Vitals.OpenForSeconds, 3);
        _world.Time.Advance(TimeSpan.FromSeconds(17));
        Assert.True(_world.Vitals.IsCallable);
    }

    /// <summary>A request that came before the vendor's moment was told a later one, and all others waited for that.</summary>
    [Fact]
    public async Task BurstLimit_LastResortComesTooEarly_TheMomentTheVendorNamedStays()
    {
        await _world.CallAsync(FailureKind.RateLimited, TimeSpan.FromSeconds(10));
        _world.Time.Advance(TimeSpan.FromSeconds(4));
        await _world.CallAsync(FailureKind.RateLimited, TimeSpan.FromSeconds(30), DeploymentChoice.LeastBad);

        Assert.Equal(6, _world.Vitals.OpenForSeconds, 3);
    }

    [Fact]
    public async Task BurstLimit_ItsTimeIsOver_EveryCallPassesAndTheFirstSuccessClosesIt()
    {
        await _world.CallAsync(FailureKind.RateLimited, TimeSpan.FromSeconds(2));
        Assert.Equal(OpeningKind.RateLimitEnds, _world.Vitals.Opening);
        _world.Time.Advance(TimeSpan.FromSeconds(2));

        var (one, two) = (await _world.BeginAsync(), await _world.BeginAsync());
        Assert.NotNull(one);
        Assert.NotNull(two);
        _world.End(one);
        Assert.Equal("m/0 closed", _world.Events.Told.Last());

        _world.End(two, FailureKind.RateLimited, TimeSpan.FromSeconds(7));
        Assert.Equal(7, _world.Vitals.OpenForSeconds, 3);
    }

    [Fact]
    public async Task BurstLimit_ItsTimeIsOver_OneFailureIsNoOutage()
    {
        await _world.CallAsync(FailureKind.RateLimited, TimeSpan.FromSeconds(2));
        _world.Time.Advance(TimeSpan.FromSeconds(2));
        await _world.CallAsync(FailureKind.ServerError);

        Assert.True(_world.Vitals.IsCallable);
    }

    [Fact]
    public async Task BurstLimit_ManyThatVendorsNamed_DoNotMakeTheNextOutageLonger()
    {
        for (var limit = 0; limit < 10; limit++)
        {
            await _world.CallAsync(FailureKind.RateLimited, TimeSpan.FromSeconds(1));
            _world.Time.Advance(TimeSpan.FromSeconds(1));
            await _world.CallAsync();
        }

        await OpenAsync();
        Assert.Equal(Options.OutageFirst.TotalSeconds, _world.Vitals.OpenForSeconds, 3);
        Assert.Equal(OpeningKind.FirstGuess, _world.Vitals.Opening);
    }

    [Fact]
    public async Task Outage_AProbeFails_NoRequestExpectsMuchOfItsEnd()
    {
        await OpenAsync();
        _world.Time.Advance(Options.OutageFirst);
        await _world.CallAsync(FailureKind.ServerError);

        Assert.Equal(OpeningKind.Unlikely, _world.Vitals.Opening);
    }

    [Fact]
    public async Task BurstLimit_WithoutAHint_OpensShortlyAndLongerEachTime()
    {
        await _world.CallAsync(FailureKind.RateLimited);
        Assert.Equal(1, _world.Vitals.OpenForSeconds, 3);

        _world.Time.Advance(TimeSpan.FromSeconds(1));
        await _world.CallAsync(FailureKind.RateLimited);
        Assert.Equal(2, _world.Vitals.OpenForSeconds, 3);
    }

    [Fact]
    public async Task BurstLimit_AHundredAtOnce_CountAsOneOpening()
    {
        var calls = new List<AttemptContext>();
        for (var call = 0; call < 100; call++)
            calls.Add((await _world.BeginAsync())!);
        _world.Time.Advance(TimeSpan.FromMilliseconds(50));
        foreach (var call in calls)
            _world.End(call, FailureKind.RateLimited);

        Assert.Equal(1, _world.Vitals.OpenForSeconds, 3);
    }

    [Theory]
    [InlineData(FailureKind.QuotaExhausted, null, 15 * 60)]
    [InlineData(FailureKind.QuotaExhausted, 3600, 3600)]
    [InlineData(FailureKind.QuotaExhausted, 1, 15 * 60)]
    [InlineData(FailureKind.CredentialRefused, null, 5 * 60)]
    [InlineData(FailureKind.DeploymentNotFound, null, 5 * 60)]
    public async Task Failures_OnlyAPersonCanMend_OpenItLongAtOnce(FailureKind kind, int? retryAfterSeconds, int seconds)
    {
        await _world.CallAsync(kind, retryAfterSeconds is { } asked ? TimeSpan.FromSeconds(asked) : null);

        Assert.Equal(seconds, _world.Vitals.OpenForSeconds, 3);
    }

    [Fact]
    public async Task Failures_AfterAWhileOfHealth_BeginWithTheShortLengthAgain()
    {
        await OpenAsync();
        _world.Time.Advance(Options.OutageFirst);
        await _world.CallAsync(FailureKind.ServerError);
        _world.Time.Advance(TimeSpan.FromSeconds(_world.Vitals.OpenForSeconds));
        await _world.CallAsync();
        _world.Time.Advance(Options.Window * 2);

        await OpenAsync();

        Assert.Equal(Options.OutageFirst.TotalSeconds, _world.Vitals.OpenForSeconds, 3);
    }

    [Fact]
    public async Task NewConfiguration_SameDeployment_KeepsWhatWasLearnt()
    {
        await OpenAsync();

        var reloaded = Given.Model("renamed", [Given.Deployment("m/0")]);
        _world.Registry.Follow(Given.Router(reloaded));

        Assert.False(_world.Registry.Of(reloaded.Deployments[0]).IsCallable);
    }

    [Fact]
    public async Task NewConfiguration_WithoutTheDeployment_ForgetsIt()
    {
        await OpenAsync();

        _world.Registry.Follow(Given.Router());

        Assert.True(_world.Registry.Of(Given.Deployment("m/0")).IsCallable);
    }

    private Task OpenAsync() => _world.CallAsync(Options.FailuresInRow, FailureKind.ServerError);
}
