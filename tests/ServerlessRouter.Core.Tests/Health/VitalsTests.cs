using ServerlessRouter.Core.Tests.Dispatch;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Testing.Diagnostics;
using Xunit;

namespace ServerlessRouter.Core.Tests.Health;

public sealed class VitalsTests
{
    private readonly HealthWorld _world = new();

    [Fact]
    public void Of_NothingKnown_IsCallableWithAllItsCapacity() =>
        Assert.Equal(new DeploymentVitals { IsCallable = true, Headroom = 1 }, _world.Vitals);

    [Fact]
    public async Task Of_CallsBeginAndEnd_CountsThoseInFlight()
    {
        var first = await _world.BeginAsync();
        var second = await _world.BeginAsync();
        Assert.Equal(2, _world.Vitals.InFlight);

        _world.End(first!, FailureKind.ClientLeft);
        _world.End(second!);
        Assert.Equal(0, _world.Vitals.InFlight);
    }

    [Fact]
    public async Task Of_Stream_LearnsTimeToFirstTokenAndSpeed()
    {
        await StreamAsync(firstTokenSeconds: 0.5, tokens: 100, seconds: 2);

        Assert.Equal(0.5, _world.Vitals.FirstTokenSeconds, 3);
        Assert.Equal(50, _world.Vitals.TokensPerSecond, 3);
    }

    [Fact]
    public async Task Of_PlainAnswer_BothFiguresAddUpToItsWholeTime()
    {
        var call = await _world.BeginAsync();
        _world.Time.Advance(TimeSpan.FromSeconds(10));
        _world.End(call!, usage: new TokenUsage(10, 200));

        Assert.Equal(10, _world.Vitals.FirstTokenSeconds + (200 / _world.Vitals.TokensPerSecond), 3);
    }

    [Fact]
    public async Task Of_TimesMeasuredLongAgo_CountForLessAndInTheEndForNothing()
    {
        await StreamAsync(firstTokenSeconds: 4, tokens: 100, seconds: 2);
        _world.Time.Advance(TimeSpan.FromMinutes(20));
        var later = _world.Vitals;
        _world.Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal((1.0, 200.0), (Math.Round(later.FirstTokenSeconds, 2), Math.Round(later.TokensPerSecond)));
        Assert.Equal((0, 0), (_world.Vitals.FirstTokenSeconds, _world.Vitals.TokensPerSecond));
        await StreamAsync(firstTokenSeconds: 4, tokens: 100, seconds: 2);
        Assert.Equal(4, _world.Vitals.FirstTokenSeconds, 1);
    }

    [Fact]
    public async Task Of_OneSlowAnswer_ShowsAtOnceAndFadesToTheOrdinary()
    {
        for (var call = 0; call < 20; call++)
            await StreamAsync(0.2, 10, 1);
        await StreamAsync(4, 10, 1);
        var atOnce = _world.Vitals.FirstTokenSeconds;
        _world.Time.Advance(TimeSpan.FromMinutes(2));

        Assert.InRange(atOnce, 3.5, 4);
        Assert.InRange(_world.Vitals.FirstTokenSeconds, 0.2, 0.7);
    }

    [Fact]
    public async Task Of_VendorSaysWhatRemains_HeadroomFallsAndRefills()
    {
        await TellAsync(new RemainingQuota(1000, null, TimeSpan.FromSeconds(10), null));
        Assert.Equal(1, _world.Vitals.Headroom, 2);
        await TellAsync(new RemainingQuota(10, null, TimeSpan.FromSeconds(10), null));
        Assert.InRange(_world.Vitals.Headroom, 0.009, 0.012);

        _world.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.InRange(_world.Vitals.Headroom, 0.45, 0.55);
        _world.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(1, _world.Vitals.Headroom);
    }

    [Fact]
    public async Task Of_ConfiguredRequests_HeadroomFallsBeforeTheVendorSaysNo()
    {
        var world = new HealthWorld(requestsPerMinute: 60);
        await world.CallAsync(57);
        Assert.InRange(world.Vitals.Headroom, 0.04, 0.06);

        world.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.InRange(world.Vitals.Headroom, 0.5, 0.6);
    }

    [Fact]
    public async Task Of_ConfiguredTokens_CountsPromptAtOnceAndTheAnswerAtItsEnd()
    {
        var world = new HealthWorld(tokensPerMinute: 1000);
        var call = await world.BeginAsync();
        Assert.Equal(1 - (Given.PromptTokens / 1000.0), world.Vitals.Headroom, 3);

        world.End(call!, usage: new TokenUsage(Given.PromptTokens, 400));
        Assert.Equal(0.5, world.Vitals.Headroom, 3);
    }

    [Fact]
    public async Task Of_FailedCall_TeachesNothingAboutSpeed()
    {
        await _world.CallAsync(FailureKind.ServerError);

        Assert.Equal((0, 0), (_world.Vitals.FirstTokenSeconds, _world.Vitals.TokensPerSecond));
    }

    [Fact]
    public void Of_ReadRepeatedly_AllocatesNothing()
    {
        var deployment = _world.Model.Deployments[0];
        _world.Registry.Of(deployment);

        Assert.Equal(0, Allocated.Bytes(() =>
        {
            for (var read = 0; read < 1000; read++)
                _world.Registry.Of(deployment);
        }));
    }

    private async Task StreamAsync(double firstTokenSeconds, int tokens, double seconds)
    {
        var call = await _world.BeginAsync();
        _world.Time.Advance(TimeSpan.FromSeconds(firstTokenSeconds));
        call!.MarkFirstToken(_world.Time.GetTimestamp());
        _world.Time.Advance(TimeSpan.FromSeconds(seconds));
        _world.End(call, usage: new TokenUsage(1, tokens));
    }

    private async Task TellAsync(RemainingQuota quota)
    {
        var call = await _world.BeginAsync();
        call!.RemainingQuota = quota;
        _world.End(call);
    }
}
