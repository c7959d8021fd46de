using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Time;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Pipeline;

/// <summary>The router's own part of a request, apart from the vendors'.</summary>
public sealed class RequestTimesTests
{
    private static readonly RouterModel Router = new RouterBuilder().Model("mini").Build();

    private readonly ManualTimeProvider _time = new();
    private readonly RequestContext _context;
    private readonly long _arrival;

    public RequestTimesTests()
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        _arrival = _time.GetTimestamp();
        _context = new RequestContext("r-1", Router, ScannedRequest.Of(ChatBodies.Plain()), new ListedHeaders(), _arrival);
    }

    [Fact]
    public void Of_NoCall_IsAllItsOwn() => AssertTimes(own: 100, total: 100);

    [Fact]
    public void Of_CallsOneAfterTheOther_LeavesWhatLiesBetweenThem()
    {
        Call(10, 30);
        Call(40, 90);

        AssertTimes(own: 30, total: 100);
    }

    [Theory]
    [InlineData(10, 60, 20, 90)]
    [InlineData(20, 90, 10, 60)]
    [InlineData(10, 90, 20, 60)]
    [InlineData(10, 90, 10, 90)]
    [InlineData(10, 50, 50, 90)]
    public void Of_CallsSideBySide_CountsWhatTheyShareOnce(int from, int to, int otherFrom, int otherTo)
    {
        Call(from, to);
        Call(otherFrom, otherTo);

        AssertTimes(own: 20, total: 100);
    }

    [Fact]
    public void Of_QuestionsToSmallModels_AreOutside()
    {
        Call(50, 80);
        _context.SideCalls.Add(Attempt(5, 25));

        AssertTimes(own: 50, total: 100);
    }

    [Fact]
    public void Of_WaitForRoomOrForAnotherTry_IsOutside()
    {
        Call(60, 80).WaitedFrom = At(20);

        AssertTimes(own: 40, total: 100);
    }

    [Fact]
    public void Of_AttemptThatNeverLeft_IsTheRoutersOwn()
    {
        Call(10, 90).WasSent = false;

        AssertTimes(own: 100, total: 100);
    }

    /// <summary>The slower of two is cancelled and ends after the answer.</summary>
    [Theory, InlineData(120), InlineData(0)]
    public void Of_CallThatEndsAfterTheRequest_EndsWithIt(int to)
    {
        Call(10, to);

        AssertTimes(own: 10, total: 100);
    }

    private AttemptContext Call(int from, int to)
    {
        var attempt = Attempt(from, to);
        _context.Attempts.Add(attempt);
        return attempt;
    }

    private AttemptContext Attempt(int from, int to)
    {
        var attempt = new AttemptContext(_context, Router.Models[0], DeploymentChoice.Fresh) { StartedAt = At(from), WasSent = true };
        if (to > 0)
            attempt.End(At(to), null, new TokenUsage(1, 1), 0);
        return attempt;
    }

    private long At(int milliseconds) => _arrival + (milliseconds * _time.TimestampFrequency / 1000);

    private void AssertTimes(int own, int total)
    {
        _context.SettledAt = At(total);
        var times = RequestTimes.Of(_context, _time);
        Assert.Equal((own, total), (times.Own.TotalMilliseconds, times.Total.TotalMilliseconds));
    }
}
