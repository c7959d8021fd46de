using System.Net;
using System.Text.Json.Nodes;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Cascades;

/// <summary>Cheap, check, strong, over real sockets: what callers get and what the vendors bill.</summary>
public sealed class CascadeTests : IAsyncLifetime
{
    private const string Question = "What is the capital of France?";
    private const string Echo = "Echo: " + Question;
    private const string Hedged = "It may be Lyon, but I'm not sure.";

    private static readonly (string, string) s_metadata = ("x-router-metadata", "enabled");

    private FakeUpstream _cheap = null!;
    private FakeUpstream _strong = null!;
    private FakeUpstream _judge = null!;
    private RunningRouter _router = null!;

    public async Task InitializeAsync()
    {
        _cheap = await FakeUpstream.StartAsync();
        _strong = await FakeUpstream.StartAsync();
        _judge = await FakeUpstream.StartAsync();
        var file = new RouterFile()
            .Upstream("cheap", _cheap, """{ "quality": { "default": 0.5 } }""").Upstream("strong", _strong, """{ "quality": { "default": 0.9 } }""").Upstream("judge", _judge)
            .Route("auto", ["cheap", "strong"], """{ "cascade": { "steps": ["cheap", "strong"] } }""")
            .Route("judged", ["cheap", "strong"], """{ "cascade": { "steps": ["cheap", "strong"], "judge": { "model": "judge", "timeoutSeconds": 2 } } }""")
            .Route("poor", ["cheap", "strong"], """{ "cascade": { "steps": ["cheap", "strong"], "costUsd": 0.0002 } }""")
            .Route("short", ["cheap", "strong"], """{ "cascade": { "steps": ["cheap", "strong"], "bufferBytes": 1024 } }""")
            .Route("hurried", ["cheap", "strong"], """{ "cascade": { "steps": ["cheap", "strong"], "deadlineSeconds": 3 } }""")
            .Route("picky", ["cheap", "strong"], """{ "cascade": { "steps": ["cheap", "strong"], "skip": { "belowQuality": 0.8 } } }""");
        _router = await RunningRouter.StartAsync(file);
    }

    public async Task DisposeAsync()
    {
        await _router.DisposeAsync();
        await _cheap.DisposeAsync();
        await _strong.DisposeAsync();
        await _judge.DisposeAsync();
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_CheapAnswerIsGoodEnough_IsGivenAndNoOtherModelIsAsked(bool stream)
    {
        _cheap.Next(Reply.Text("It is Paris, the capital."));

        var answer = await _router.ChatAsync(ChatBodies.For(stream, Question), s_metadata);

        AssertGiven(answer, "It is Paris, the capital.", "cheap", attempts: 1);
        Assert.Equal(await _cheap.BilledUsdAsync(), answer.CostUsd);
        Assert.Equal("accepted", (string?)answer.Metadata!["cascade"]!["answer"]);
        Assert.Equal("stop", answer.FinishReason);
        Assert.Empty(_strong.Books.Requests);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_CheapAnswerIsRejected_TheStrongModelAnswersAndBothAreBilled(bool stream)
    {
        _cheap.Next(Reply.Text(Hedged).Usage(10, 200));
        _strong.Next(Reply.Text("It is Paris.").Usage(10, 20));

        var answer = await _router.ChatAsync(ChatBodies.For(stream, Question), s_metadata);

        AssertGiven(answer, "It is Paris.", "strong", attempts: 2);
        Assert.Equal(await _cheap.BilledUsdAsync() + await _strong.BilledUsdAsync(), answer.CostUsd);
        Assert.Equal(20, (int?)answer.Usage!["completion_tokens"]);
        var (first, second) = Attempts(answer);
        Assert.Equal(("first", "check_failed", "it says itself that it is not sure"), ((string?)first["reason"], (string?)first["outcome"], (string?)first["why"]));
        Assert.Equal("hedging", (string?)first["checks"]!.AsArray()[^1]!["check"]);
        Assert.Equal(("next_step", "answered"), ((string?)second["reason"], (string?)second["outcome"]));
        Assert.Equal("last_step", (string?)answer.Metadata!["cascade"]!["answer"]);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_StrongModelIsDown_TheCheapAnswerIsGivenInsteadOfAnError(bool stream)
    {
        _cheap.Next(Reply.Text(Hedged));
        _strong.Next(Reply.Status(500));

        var answer = await _router.ChatAsync(ChatBodies.For(stream, Question), s_metadata);

        AssertGiven(answer, Hedged, "cheap", attempts: 2);
        Assert.Equal(await _cheap.BilledUsdAsync(), answer.CostUsd);
        Assert.Equal("held_back", (string?)answer.Metadata!["cascade"]!["answer"]);
        Assert.Equal("server_error", (string?)Attempts(answer).Second["outcome"]);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_StrongModelHangs_TheCheapAnswerIsGivenWhenTheCascadesTimeIsOver(bool stream)
    {
        _cheap.Next(Reply.Text(Hedged));
        _strong.Next(Reply.Text("never").HangAt(ReplyPoint.BeforeHeaders));

        var answer = await _router.ChatAsync(ChatBodies.For(stream, Question, model: "hurried"), s_metadata);

        AssertGiven(answer, Hedged, "cheap", attempts: 2);
        Assert.Contains("time", (string?)answer.Metadata!["cascade"]!["why"], StringComparison.Ordinal);
        await _strong.WaitForAbortAsync();
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_MoneyIsSpent_TheStrongModelIsNotAsked(bool stream)
    {
        _cheap.Next(Reply.Text(Hedged));

        var answer = await _router.ChatAsync(ChatBodies.For(stream, Question, model: "poor"), s_metadata);

        AssertGiven(answer, Hedged, "cheap", attempts: 1);
        Assert.Contains("money", (string?)answer.Metadata!["cascade"]!["why"], StringComparison.Ordinal);
        Assert.Empty(_strong.Books.Requests);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_CheapAnswerIsLongerThanIsKept_IsGivenAsItCame(bool stream)
    {
        var text = Hedged + new string('x', 4000);
        _cheap.Next(Reply.Text(text));

        var answer = await _router.ChatAsync(ChatBodies.For(stream, Question, model: "short"), s_metadata);

        AssertGiven(answer, text, "cheap", attempts: 1);
        Assert.Equal("unchecked", (string?)answer.Metadata!["cascade"]!["answer"]);
        Assert.Equal(await _cheap.BilledUsdAsync(), answer.CostUsd);
    }

    [Fact]
    public async Task Chat_CheapStreamIsStillRunningWhenTheTimeIsOver_GoesOnLive()
    {
        var gate = new Gate();
        _cheap.Next(Reply.Stream("I'm not sure", " but it", " is Paris.").HoldAt(ReplyPoint.AfterChunk(1), gate));

        using var response = await _router.BeginChatAsync(ChatBodies.Streamed(Question, model: "hurried"), CancellationToken.None);
        gate.Open();
        var answer = await ClientAnswer.ReadAsync(response);

        AssertGiven(answer, "I'm not sure but it is Paris.", "cheap", attempts: 1);
        Assert.Equal(await _cheap.BilledUsdAsync(), answer.CostUsd);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_CheapModelIsDown_TheStrongOneAnswers(bool stream)
    {
        _cheap.Next(Reply.Status(503));

        var answer = await _router.ChatAsync(ChatBodies.For(stream, Question), s_metadata);

        AssertGiven(answer, Echo, "strong", attempts: 2);
        Assert.Equal("next_model", (string?)Attempts(answer).Second["reason"]);
    }

    [Fact]
    public async Task Chat_CheapStreamBreaksWhileItIsKept_TheCallerSeesOnlyTheStrongAnswer()
    {
        _cheap.Next(Reply.Stream("Half of", " it").CutAfterChunk(1));

        var answer = await _router.ChatAsync(ChatBodies.Streamed(Question));

        AssertGiven(answer, Echo, "strong", attempts: 2);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_ToolCallDoesNotFit_TheStrongModelsCallIsGiven(bool stream)
    {
        var body = ChatBodies.WithTools();
        _cheap.Next(Reply.Call(ChatBodies.WeatherTool, """{"town":"Oslo"}"""));
        _strong.Next(Reply.Call(ChatBodies.WeatherTool, """{"city":"Oslo"}"""));

        var answer = await _router.ChatAsync(stream ? ChatBodies.AsStream(body) : body, s_metadata);

        Assert.Equal("strong", answer.Header("x-router-model"));
        Assert.Equal("tool-calls", (string?)Attempts(answer).First["checks"]!.AsArray()[^1]!["check"]);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_AnswerBreaksItsSchema_TheStrongModelsIsGiven(bool stream)
    {
        var body = ChatBodies.WithSchema();
        _cheap.Next(Reply.Text("""{"name":"Ann"}"""));

        var answer = await _router.ChatAsync(stream ? ChatBodies.AsStream(body) : body, s_metadata);

        AssertGiven(answer, """{"name":"text","age":1}""", "strong", attempts: 2);
    }

    [Theory]
    [InlineData(false, 9, "cheap")]
    [InlineData(true, 9, "cheap")]
    [InlineData(false, 2, "strong")]
    [InlineData(true, 2, "strong")]
    public async Task Chat_JudgeScoresTheAnswer_ItIsAskedInFormAndBilledToTheCaller(bool stream, int score, string model)
    {
        _judge.Next(Reply.Text($$"""{"score":{{score}}}"""));

        var answer = await _router.ChatAsync(ChatBodies.For(stream, Question, model: "judged"), s_metadata);

        Assert.Equal(model, answer.Header("x-router-model"));
        var asked = Assert.Single(_judge.Books.Requests).Json!;
        Assert.True((bool)asked["response_format"]!["json_schema"]!["strict"]!);
        Assert.Contains(Question, asked.ToJsonString(), StringComparison.Ordinal);
        var billed = await _cheap.BilledUsdAsync() + await _judge.BilledUsdAsync() + (model == "strong" ? await _strong.BilledUsdAsync() : 0);
        Assert.Equal(billed, answer.CostUsd);
        Assert.Equal("judge", (string?)Assert.Single(answer.Metadata!["side_calls"]!.AsArray())!["purpose"]);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_JudgeIsDown_TheAnswerIsGivenAndTheReasonTold(bool stream)
    {
        _judge.Next(Reply.Status(500));

        var answer = await _router.ChatAsync(ChatBodies.For(stream, Question, model: "judged"), s_metadata);

        AssertGiven(answer, Echo, "cheap", attempts: 1);
        Assert.Contains("no verdict", Attempts(answer).First["checks"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_ProfileSaysTheCheapModelWillFail_OnlyTheStrongOneIsAsked(bool stream)
    {
        var answer = await _router.ChatAsync(ChatBodies.For(stream, Question, model: "picky"), s_metadata);

        AssertGiven(answer, Echo, "strong", attempts: 1);
        Assert.Equal("cheap", (string?)Assert.Single(answer.Metadata!["cascade"]!["skipped"]!.AsArray())!["model"]);
        Assert.Empty(_cheap.Books.Requests);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_RejectedAgainAndAgain_HoldsNothingAgainstTheDeployment(bool stream)
    {
        _cheap.Default(Reply.Text(Hedged));

        for (var request = 0; request < 12; request++)
            Assert.Equal(2, (await _router.ChatAsync(ChatBodies.For(stream, Question))).Attempts);
    }

    [Fact]
    public async Task Chat_ClientLeavesWhileAStreamIsKept_TheVendorsCallEnds()
    {
        _cheap.Next(Reply.Stream("One ", "two ", "three.").HangAt(ReplyPoint.AfterChunk(1)));

        await using var client = await RawClient.ConnectAsync(_router.Address);
        await client.SendChatAsync(ChatBodies.Streamed(Question));
        await _cheap.WaitForRequestAsync();
        client.Reset();

        await _cheap.WaitForAbortAsync();
        Assert.Empty(_strong.Books.Requests);
    }

    [Fact]
    public async Task Route_Asked_ShowsTheCascadeAndCallsNoVendor()
    {
        var planned = (await _router.PostAsync("v1/route", ChatBodies.Plain(Question))).Json;

        Assert.Equal("""["cheap","strong"]""", planned["cascade"]!["steps"]!.ToJsonString());
        Assert.Empty(_cheap.Books.Requests);
    }

    private static void AssertGiven(ClientAnswer answer, string text, string model, int attempts)
    {
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.True(answer.IsWhole, answer.ToString());
        Assert.Equal(text, answer.Text);
        Assert.Equal(model, answer.Header("x-router-model"));
        Assert.Equal(attempts, answer.Attempts);
    }

    private static (JsonNode First, JsonNode Second) Attempts(ClientAnswer answer)
    {
        var attempts = answer.Metadata!["attempts"]!.AsArray();
        return (attempts[0]!, attempts[^1]!);
    }
}
