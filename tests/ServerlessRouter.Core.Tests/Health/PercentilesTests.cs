using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Health;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Testing.Diagnostics;
using Xunit;

namespace ServerlessRouter.Core.Tests.Health;

/// <summary>How fast a deployment was over the last five minutes.</summary>
public sealed class PercentilesTests
{
    private readonly HealthWorld _world = new();

    private DeploymentPercentiles Known => _world.Registry.PercentilesOf(_world.Model.Deployments[0]);

    [Fact]
    public void PercentilesOf_NothingCalled_KnowsNothing()
    {
        Assert.False(Known.FirstTokenSeconds.IsKnown);
        Assert.False(Known.TokensPerSecond.IsKnown);
        Assert.False(_world.Registry.FirstTokenOf(_world.Model).IsKnown);
    }

    [Fact]
    public async Task PercentilesOf_OneSlowCallInTen_ShowsInTheHighPercentilesOnly()
    {
        for (var call = 0; call < 100; call++)
            await StreamAsync(call % 10 == 9 ? 4 : 0.2, tokens: 100, seconds: call % 10 == 9 ? 10 : 1);

        var first = Known.FirstTokenSeconds;
        Assert.Equal(100, first.Samples);
        AssertNear(0.2, first.P50);
        AssertNear(0.2, first.P75);
        AssertNear(4, first.P95);
        AssertNear(4, first.P99);
        // Nine of ten are at least this fast, and one is slower.
        AssertNear(100, Known.TokensPerSecond.P75);
        AssertNear(10, Known.TokensPerSecond.P95);
        AssertNear(4, _world.Registry.FirstTokenOf(_world.Model).P95);
    }

    [Fact]
    public async Task PercentilesOf_FiveMinutesLater_HasForgotten()
    {
        await StreamAsync(3, 10, 1);
        _world.Time.Advance(TimeSpan.FromMinutes(3));
        await StreamAsync(0.1, 10, 1);
        Assert.Equal(2, Known.FirstTokenSeconds.Samples);

        _world.Time.Advance(TimeSpan.FromMinutes(3));
        await StreamAsync(0.1, 10, 1);
        Assert.Equal(2, Known.FirstTokenSeconds.Samples);
        AssertNear(0.1, Known.FirstTokenSeconds.P99);

        _world.Time.Advance(PercentileWindow.Length);
        Assert.False(Known.FirstTokenSeconds.IsKnown);
    }

    [Fact]
    public async Task PercentilesOf_FirstTokenNeverCame_CountsTheTimeWaited()
    {
        var call = await _world.BeginAsync();
        _world.Time.Advance(TimeSpan.FromSeconds(30));
        _world.End(call!, FailureKind.FirstTokenTimeout);

        AssertNear(30, Known.FirstTokenSeconds.P50);
        Assert.False(Known.TokensPerSecond.IsKnown);
    }

    [Theory]
    [InlineData(FailureKind.ServerError)]
    [InlineData(FailureKind.ClientLeft)]
    [InlineData(FailureKind.DeadlinePassed)]
    public async Task PercentilesOf_OtherFailures_CountNothing(FailureKind kind)
    {
        await _world.CallAsync(kind);

        Assert.False(Known.FirstTokenSeconds.IsKnown);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1e9)]
    public void Record_ValuesOutOfRange_CountAsTheNearest(double value)
    {
        var window = PercentileWindow.OfSeconds(_world.Time);
        window.Record(value, _world.Time.GetTimestamp());

        Assert.InRange(window.At(_world.Time.GetTimestamp()).P99, 0.01, 100);
    }

    [Fact]
    public void Record_Repeatedly_AllocatesNothing()
    {
        var window = PercentileWindow.OfSeconds(_world.Time);
        var now = _world.Time.GetTimestamp();
        window.Record(1, now);

        Assert.Equal(0, Allocated.Bytes(() =>
        {
            for (var call = 0; call < 1000; call++)
                window.Record(call, now);
        }));
    }

    /// <summary>Within the width of a bucket.</summary>
    private static void AssertNear(double expected, double actual) => Assert.InRange(actual, expected / 1.17, expected * 1.17);

    private async Task StreamAsync(double firstTokenSeconds, int tokens, double seconds)
    {
        var call = await _world.BeginAsync();
        _world.Time.Advance(TimeSpan.FromSeconds(firstTokenSeconds));
        call!.MarkFirstToken(_world.Time.GetTimestamp());
        _world.Time.Advance(TimeSpan.FromSeconds(seconds));
        _world.End(call, usage: new TokenUsage(1, tokens));
    }
}
