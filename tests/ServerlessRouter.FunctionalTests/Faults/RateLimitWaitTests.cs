using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Time;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Faults;

/// <summary>A vendor at its limit names a moment; those who come meanwhile wait for it, and none of them makes the others wait longer.</summary>
public sealed class RateLimitWaitTests : IAsyncLifetime
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(1);

    private readonly ManualTimeProvider _time = new();
    private FakeUpstream _vendor = null!;
    private FakeUpstream _other = null!;
    private RunningRouter _router = null!;
    private long _limitedAt;

    public async Task InitializeAsync()
    {
        _vendor = await FakeUpstream.StartAsync();
        _other = await FakeUpstream.StartAsync();
        _vendor.Default(_ => Answer());
        _router = await RunningRouter.StartAsync(new RouterFile()
            .Upstream("only", _vendor).Upstream("other", _other)
            .Route("auto", ["only"], """{ "limits": { "deadlineSeconds": 20 } }""")
            .Route("hasty", ["only"], """{ "limits": { "deadlineSeconds": 0.3 } }""")
            .Route("both", ["only", "other"]), time: _time);
    }

    public async Task DisposeAsync()
    {
        await _router.DisposeAsync();
        await _vendor.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_OthersComeInsideTheLimit_AllAreAnsweredAndNoneIsSentBeforeItsEnd(bool stream)
    {
        var idle = _time.ArmedTimers;
        var first = _router.ChatAsync(ChatBodies.For(stream));
        await Eventually.HoldsAsync(async () => await _router.ObstacleAsync("auto") is not null, "the router to learn of the limit");
        var asking = Task.WhenAll([first, .. Enumerable.Range(0, 5).Select(_ => _router.ChatAsync(ChatBodies.For(stream)))]);
        // A stream that waits is kept alive, too.
        await _time.WaitForTimersAsync(idle + (6 * (stream ? 2 : 1)));

        await TimeRunsAsync(asking);

        var answers = await asking;

        Assert.All(answers, static answer => Assert.Equal((200, "fine"), ((int)answer.Status, answer.Text)));
        Assert.Equal(2, answers[0].Attempts);
        Assert.All(answers.Skip(1), static answer => Assert.Equal(1, answer.Attempts));
        Assert.Equal(1 + answers.Length, _vendor.Books.Requests.Count);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_ALastResortComesTooEarly_TheOthersWaitNoLonger(bool stream)
    {
        var first = _router.ChatAsync(ChatBodies.For(stream));
        await Eventually.HoldsAsync(async () => await _router.ObstacleAsync("auto") is not null, "the router to learn of the limit");

        var hasty = await _router.ChatAsync(ChatBodies.For(stream, model: "hasty"));

        Assert.Equal((429, 1), ((int)hasty.Status, hasty.Attempts));
        await TimeRunsAsync(first);
        Assert.Equal((200, 2), ((int)(await first).Status, (await first).Attempts));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_AnotherModelMayAnswer_IsAskedWithoutAWait(bool stream)
    {
        var answer = await _router.ChatAsync(ChatBodies.For(stream, model: "both"));

        Assert.Equal((200, "other", 2), ((int)answer.Status, answer.Header("x-router-model"), answer.Attempts));
    }

    /// <summary>The clock stood while the scene was set; now it runs like any other until <paramref name="asking"/> has ended, so that calls under way have all the time they need.</summary>
    private Task TimeRunsAsync(Task asking)
    {
        var last = TimeProvider.System.GetTimestamp();
        return Patience.DriveAsync(asking, Run, static () => "all answers");

        void Run()
        {
            var now = TimeProvider.System.GetTimestamp();
            _time.Advance(TimeProvider.System.GetElapsedTime(last, now));
            last = now;
        }
    }

    /// <summary>From its first call on the vendor is at its limit for a while; a request that comes meanwhile is told to wait for as long again.</summary>
    private Reply Answer()
    {
        var now = _time.GetTimestamp();
        var since = Interlocked.CompareExchange(ref _limitedAt, now, 0) is 0 ? now : _limitedAt;
        return _time.GetElapsedTime(since) < s_limit ? Reply.RateLimited().RetryAfter(1) : Reply.Text("fine");
    }
}
