using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Time;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Faults;

/// <summary>A plain answer shows nothing before its end: a call that hangs is given up where another can be asked, and one that is slow is waited for.</summary>
public sealed class HungPlainCallTests : IAsyncLifetime
{
    private const string Thinks = """{ "capabilities": ["reasoning"] }""";
    private const string DoesNot = """{ "capabilities": ["tools"] }""";
    private const string SaysNothing = """{ "capabilities": [] }""";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(900);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ManualTimeProvider _time = new();
    private FakeUpstream _hanging = null!;
    private FakeUpstream _good = null!;

    public async Task InitializeAsync()
    {
        _hanging = await FakeUpstream.StartAsync();
        _good = await FakeUpstream.StartAsync();
        _good.Default(Reply.Text("Fine."));
    }

    public async Task DisposeAsync()
    {
        await _hanging.DisposeAsync();
        await _good.DisposeAsync();
    }

    [Theory]
    [InlineData(DoesNot, null, 60)]
    [InlineData(DoesNot, 50, 32.5)]
    [InlineData(Thinks, null, 300)]
    [InlineData(SaysNothing, null, 300)]
    public async Task Chat_AModelNeverMeasuredHangs_TheNextIsAskedLongBeforeHalfOfTheTime(string model, int? maxTokens, double seconds)
    {
        var never = new Gate();
        _hanging.Default(Reply.Text("Late.").HoldAt(ReplyPoint.BeforeHeaders, never));
        await using var router = await StartAsync(model);
        var body = maxTokens is { } most ? ChatBodies.With(ChatBodies.Plain(), "max_tokens", $"{most}") : ChatBodies.Plain();

        var asking = router.ChatAsync(body);
        await never.WaitForArrivalAsync();
        await _time.WaitForTimerDueInAsync(TimeSpan.FromSeconds(seconds));
        _time.Advance(TimeSpan.FromSeconds(seconds));
        var answer = await asking;

        Assert.Equal((200, "Fine.", 2), ((int)answer.Status, answer.Text, answer.Attempts));
    }

    [Theory]
    [InlineData("auto", DoesNot, 60)]
    [InlineData("auto", Thinks, 300)]
    [InlineData("alone", DoesNot, 900)]
    [InlineData("alone", Thinks, 900)]
    public async Task Chat_ASlowAnswerComesJustInsideItsTime_IsGivenAtTheFirstAttempt(string route, string model, double seconds)
    {
        var slow = new Gate();
        _hanging.Default(Reply.Text("Slow.").HoldAt(ReplyPoint.BeforeHeaders, slow));
        await using var router = await StartAsync(model);

        var asking = router.ChatAsync(ChatBodies.Plain(model: route));
        await slow.WaitForArrivalAsync();
        await _time.WaitForTimerDueInAsync(TimeSpan.FromSeconds(seconds));
        _time.Advance(TimeSpan.FromSeconds(seconds) - Second);
        slow.Open();
        var answer = await asking;

        Assert.Equal((200, "Slow.", 1), ((int)answer.Status, answer.Text, answer.Attempts));
    }

    [Fact]
    public async Task Chat_NowhereElseToGo_TheCallIsLetGoOnToTheDeadline()
    {
        var never = new Gate();
        _hanging.Default(Reply.Text("Late.").HoldAt(ReplyPoint.BeforeHeaders, never));
        await using var router = await StartAsync(DoesNot);

        var asking = router.ChatAsync(ChatBodies.Plain(model: "alone"));
        await never.WaitForArrivalAsync();
        await _time.WaitForTimerDueInAsync(Deadline);
        _time.Advance(Deadline);
        var answer = await asking;

        Assert.Equal((504, "timeout", 1), ((int)answer.Status, answer.ErrorCode, _hanging.Books.Requests.Count));
        Assert.Contains("deadlineSeconds", answer.ErrorMessage, StringComparison.Ordinal);
    }

    private Task<RunningRouter> StartAsync(string model) => RunningRouter.StartAsync(
        new RouterFile().Upstream("hanging", _hanging, model).Upstream("good", _good)
            .Route("auto", ["hanging"], """{ "fallbacks": ["good"], "limits": { "deadlineSeconds": 900 } }""")
            .Route("alone", ["hanging"], """{ "limits": { "deadlineSeconds": 900 } }"""),
        time: _time);
}
