using ServerlessRouter.Checks;
using ServerlessRouter.Configuration;
using ServerlessRouter.Core.Tests.Dispatch;
using ServerlessRouter.Domain;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Checks;

public sealed class AnswerChecksTests
{
    private readonly CheckWorld _world = new();

    [Fact]
    public void All_EveryNameOfConfiguration_HasOneImplementation() =>
        Assert.Equal(AnswerCheckNames.All.Append(AnswerCheckNames.Judge).Order(), AnswerChecks.All(_world.SideCalls).Select(check => check.Name).Order());

    [Theory]
    [InlineData("stop", true)]
    [InlineData("tool_calls", true)]
    [InlineData("length", false)]
    [InlineData("content_filter", false)]
    public async Task FinishReason_CutByTheVendor_IsRejected(string finishReason, bool isAccepted) =>
        Assert.Equal(isAccepted, (await _world.OfTextAsync(AnswerCheckNames.FinishReason, "It is Par", finishReason)).IsAccepted);

    [Theory]
    [InlineData("```csharp\nint x = 1;\n```", true)]
    [InlineData("```csharp\nint x = ", false)]
    public async Task FinishReason_EndsInsideACodeBlock_IsRejected(string answer, bool isAccepted) =>
        Assert.Equal(isAccepted, (await _world.OfTextAsync(AnswerCheckNames.FinishReason, answer)).IsAccepted);

    [Theory]
    [InlineData(100, null, true)]
    [InlineData(100, 200, true)]
    [InlineData(300, 200, false)]
    public async Task FinishReason_CutAtTheCallersOwnLength_IsAccepted(int callersTokens, int? modelsTokens, bool isAccepted)
    {
        var model = Given.Model("m", maxOutputTokens: modelsTokens);
        var world = new CheckWorld { Model = model, Body = ChatBodies.With(ChatBodies.Plain(), "max_tokens", $"{callersTokens}") };

        Assert.Equal(isAccepted, (await world.OfTextAsync(AnswerCheckNames.FinishReason, "It is Par", "length")).IsAccepted);
    }

    [Theory]
    [InlineData("{\"content\":\"\"}")]
    [InlineData("{\"content\":\" \\n\\t \"}")]
    [InlineData("{\"content\":null}")]
    [InlineData("{}")]
    public async Task FinalAnswer_NothingAtAll_IsRejectedAndWorthNothing(string message)
    {
        var verdict = await _world.OfMessageAsync(AnswerCheckNames.FinalAnswer, message);

        Assert.False(verdict.IsAccepted);
        Assert.Equal(0, verdict.FallbackScore);
    }

    [Theory]
    [InlineData("{\"content\":null,\"tool_calls\":[{\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]}")]
    [InlineData("{\"content\":null,\"refusal\":\"No.\"}")]
    [InlineData("{\"content\":null,\"audio\":{\"data\":\"AA==\"}}")]
    public async Task FinalAnswer_SomethingOtherThanText_IsAccepted(string message) =>
        Assert.True((await _world.OfMessageAsync(AnswerCheckNames.FinalAnswer, message)).IsAccepted);

    [Theory]
    [InlineData("Tom has 12 apples and buys 30. How many has he?", "He has 42.", true)]
    [InlineData("Tom has 12 apples and buys 30. How many has he?", "He has forty-two.", true)]
    [InlineData("Tom has 12 apples and buys 30. How many has he?", "That is easy to see.", false)]
    [InlineData("Tom has 12 apples and buys 30. How many has he?", "12 + 30 gives the sum. The answer is: that", false)]
    [InlineData("Tom has 12 apples and buys 30. How many has he?", "12 + 30 = 42\n#### 42", true)]
    [InlineData("Tom has 12 apples and buys 30. How many has he?", "12 + 30\n####", false)]
    [InlineData("Prove that there are infinitely many primes above 100.", "Multiply them all and add a unit.", true)]
    [InlineData("What is a prime?", "What only itself divides.", true)]
    public async Task FinalAnswer_QuestionForANumber_WantsOne(string question, string answer, bool isAccepted) =>
        Assert.Equal(isAccepted, (await new CheckWorld { Task = TaskKind.Math, Question = question }.OfTextAsync(AnswerCheckNames.FinalAnswer, answer)).IsAccepted);

    [Theory]
    [InlineData("I'm sorry, but I can't help with that.", false)]
    [InlineData("I\u2019m sorry, but I can\u2019t help with that.", false)]
    [InlineData("  As an AI language model, I have no opinion.", false)]
    [InlineData("i cannot assist with that request", false)]
    [InlineData("Paris is the capital. Tourists say they love it.", true)]
    [InlineData("Sorry for the delay: Paris.", true)]
    public async Task Refusal_BeginsWithOne_IsRejected(string answer, bool isAccepted) =>
        Assert.Equal(isAccepted, (await _world.OfTextAsync(AnswerCheckNames.Refusal, answer)).IsAccepted);

    [Fact]
    public async Task Refusal_FarIntoAStory_IsAccepted() =>
        Assert.True((await _world.OfTextAsync(AnswerCheckNames.Refusal, new string('x', 400) + " \"I can't\", she said.")).IsAccepted);

    [Fact]
    public async Task Refusal_MarkedByTheVendor_IsRejected() =>
        Assert.False((await _world.OfMessageAsync(AnswerCheckNames.Refusal, """{"content":null,"refusal":"No."}""")).IsAccepted);

    [Theory]
    [InlineData("It may be Lyon, but I'm not sure.", null, false)]
    [InlineData("There is NOT ENOUGH INFORMATION to say.", null, false)]
    [InlineData("It is Paris, to be sure.", null, true)]
    [InlineData("\"I don't know,\" said the fox.", TaskKind.Creative, true)]
    public async Task Hedging_SaysItselfThatItIsUnsure_IsRejected(string answer, TaskKind? task, bool isAccepted) =>
        Assert.Equal(isAccepted, (await new CheckWorld { Task = task }.OfTextAsync(AnswerCheckNames.Hedging, answer)).IsAccepted);

    [Fact]
    public async Task Hedging_AtTheEndOfALongAnswer_IsRejected() =>
        Assert.False((await _world.OfTextAsync(AnswerCheckNames.Hedging, new string('x', 100_000) + " But I might be wrong.")).IsAccepted);

    [Theory]
    [InlineData("12*3 = 35, so 35.", false)]
    [InlineData("12*3 = 36, so 36.", true)]
    [InlineData("First 2 + 2 = 4, then 4 * 10 = 50.", false)]
    [InlineData("10 / 3 = 3.33", true)]
    [InlineData("No sums here.", true)]
    [InlineData("x = 7", true)]
    public async Task Arithmetic_SumDoesNotAddUp_IsRejected(string answer, bool isAccepted) =>
        Assert.Equal(isAccepted, (await _world.OfTextAsync(AnswerCheckNames.Arithmetic, answer)).IsAccepted);

    [Theory]
    [InlineData("2 * 20 = 40\n#### 40", true)]
    [InlineData("2 * 20 = 40, so 40.\n#### 42", false)]
    [InlineData("It must be 42.\n#### 42", true)]
    public async Task Arithmetic_StatedResultIsNotTheLastSums_IsRejected(string answer, bool isAccepted) =>
        Assert.Equal(isAccepted, (await new CheckWorld { Task = TaskKind.Math, Question = "What is 2 * 20?" }.OfTextAsync(AnswerCheckNames.Arithmetic, answer)).IsAccepted);

    [Theory]
    [InlineData("3 * 5 = 15, 15 + 7 = 22", true)]
    [InlineData("3 * 5 = 15", true)]
    [InlineData("5 + 5 = 10", false)]
    [InlineData("22", true)]
    public async Task UnusedGivens_WorkedAnswerLeavesOutMuch_IsRejected(string answer, bool isAccepted)
    {
        var world = new CheckWorld { Task = TaskKind.Math, Question = "Tom buys 3 boxes of 5 pens and 7 more. How many has he?" };

        Assert.Equal(isAccepted, (await world.OfTextAsync(AnswerCheckNames.UnusedGivens, answer)).IsAccepted);
    }

    [Fact]
    public async Task Arithmetic_Code_IsNotRead() =>
        Assert.True((await new CheckWorld { Task = TaskKind.Code }.OfTextAsync(AnswerCheckNames.Arithmetic, "assert 1 + 1 == 3")).IsAccepted);

    [Theory]
    [InlineData("-0.01", "-5.0", true)]
    [InlineData("-0.70", "-0.72", false)]
    public async Task Logprobs_LeastSureTokensAreCloseToTheNextBest_IsRejected(string best, string next, bool isAccepted)
    {
        const string Sure = """{"token":"a","logprob":-0.001,"top_logprobs":[{"logprob":-0.001},{"logprob":-9}]}""";
        var unsure = $$$"""{"token":"b","logprob":{{{best}}},"top_logprobs":[{"logprob":{{{best}}}},{"logprob":{{{next}}}}]}""";
        var answer = $$$"""{"choices":[{"message":{"content":"x"},"logprobs":{"content":[{{{string.Join(',', Enumerable.Repeat(Sure, 9))}}},{{{unsure}}}]}}]}""";

        Assert.Equal(isAccepted, (await _world.OfAnswerAsync(AnswerCheckNames.Logprobs, answer)).IsAccepted);
    }

    [Fact]
    public async Task Logprobs_NoneSent_IsAccepted() => Assert.True((await _world.OfTextAsync(AnswerCheckNames.Logprobs, "x")).IsAccepted);

    [Theory]
    [InlineData("""{"name":"Ann","age":7}""", true)]
    [InlineData("""{"name":"Ann"}""", false)]
    [InlineData("""{"name":"Ann","age":"seven"}""", false)]
    [InlineData("""{"name":"Ann","age":7,"city":"Oslo"}""", false)]
    [InlineData("Ann is seven.", false)]
    [InlineData("", false)]
    public async Task JsonSchema_AnswerDoesNotFitIt_IsRejected(string answer, bool isAccepted)
    {
        var verdict = await new CheckWorld { Body = ChatBodies.WithSchema() }.OfTextAsync(AnswerCheckNames.JsonSchema, answer);

        Assert.Equal(isAccepted, verdict.IsAccepted);
        if (!isAccepted)
            Assert.DoesNotContain("Ann", verdict.Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", true)]
    [InlineData("[]", false)]
    [InlineData("{", false)]
    public async Task JsonSchema_JsonObjectWanted_AnyObjectFits(string answer, bool isAccepted)
    {
        var body = ChatBodies.With(ChatBodies.Plain(), "response_format", """{"type":"json_object"}""");

        Assert.Equal(isAccepted, (await new CheckWorld { Body = body }.OfTextAsync(AnswerCheckNames.JsonSchema, answer)).IsAccepted);
    }

    [Theory]
    [InlineData("""{"type":"text"}""")]
    [InlineData("""{"type":"json_schema"}""")]
    [InlineData("""{"type":"json_schema","json_schema":7}""")]
    [InlineData("""{"type":"json_schema","json_schema":{"name":"x"}}""")]
    [InlineData("""{"type":"json_schema","json_schema":{"schema":"x"}}""")]
    [InlineData("""{"type":7}""")]
    public async Task JsonSchema_NoneWantedOrNoneTold_AnythingIsAccepted(string format)
    {
        var body = ChatBodies.With(ChatBodies.Plain(), "response_format", format);

        Assert.True((await new CheckWorld { Body = body }.OfTextAsync(AnswerCheckNames.JsonSchema, "\"free text\"")).IsAccepted);
    }

    [Theory]
    [InlineData("get_weather", """{"city":"Oslo"}""", true)]
    [InlineData("get_weather", """{"town":"Oslo"}""", false)]
    [InlineData("get_weather", """{"city":7}""", false)]
    [InlineData("get_weather", """{"city":""", false)]
    [InlineData("get_weather", "", false)]
    [InlineData("get_whether", """{"city":"Oslo"}""", false)]
    [InlineData("", """{"city":"Oslo"}""", false)]
    public async Task ToolCalls_UnknownToolOrArgumentsThatDoNotFit_AreRejected(string tool, string arguments, bool isAccepted)
    {
        var message = $$$"""{"content":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"{{{tool}}}","arguments":{{{System.Text.Json.JsonSerializer.Serialize(arguments)}}}}}]}""";

        Assert.Equal(isAccepted, (await new CheckWorld { Body = ChatBodies.WithTools() }.OfMessageAsync(AnswerCheckNames.ToolCalls, message)).IsAccepted);
    }

    [Theory]
    [InlineData("""{"function_call":{"name":"f","arguments":"{\"a\":1}"}}""", true)]
    [InlineData("""{"function_call":{"name":"f","arguments":"{\"a\":\"x\"}"}}""", false)]
    [InlineData("""{"function_call":{"name":"g","arguments":"{}"}}""", false)]
    public async Task ToolCalls_LegacyFunctions_AreCheckedToo(string message, bool isAccepted)
    {
        var body = ChatBodies.With(ChatBodies.Plain(), "functions", """[{"name":"f","parameters":{"type":"object","properties":{"a":{"type":"integer"}}}}]""");

        Assert.Equal(isAccepted, (await new CheckWorld { Body = body }.OfMessageAsync(AnswerCheckNames.ToolCalls, message)).IsAccepted);
    }

    [Fact]
    public async Task ToolCalls_FreeFormTool_TakesAnyText()
    {
        var body = ChatBodies.With(ChatBodies.Plain(), "tools", """[{"type":"custom","custom":{"name":"sql"}}]""");

        Assert.True((await new CheckWorld { Body = body }.OfMessageAsync(
            AnswerCheckNames.ToolCalls, """{"tool_calls":[{"type":"custom","custom":{"name":"sql","input":"select"}}]}""")).IsAccepted);
    }

    [Theory]
    [InlineData("""{"score":6}""", true, "0.60", 0.6)]
    [InlineData("""{"score":5}""", false, "0.50", 0.5)]
    [InlineData("""{"score":11}""", true, "not in form", null)]
    [InlineData("""{"score":"9"}""", true, "not in form", null)]
    [InlineData("""{"score":1,"more":2}""", true, "not in form", null)]
    [InlineData("certainly", true, "not in form", null)]
    public async Task Judge_ScoresTheAnswer_DecidesOnlyInForm(string verdictText, bool isAccepted, string why, double? score)
    {
        var world = new DispatchWorld().Answers("judge", $$$"""{"choices":[{"message":{"content":{{{System.Text.Json.JsonSerializer.Serialize(verdictText)}}}}}]}""");

        var verdict = await new CheckWorld { SideCalls = world.SideCalls }.OfTextAsync(AnswerCheckNames.Judge, "Paris.");

        Assert.Equal((isAccepted, score), (verdict.IsAccepted, verdict.Score));
        Assert.Contains(why, verdict.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Judge_NoMoneyOrNoTimeIsLeft_NoJudgeIsAsked()
    {
        var world = new DispatchWorld();

        Assert.Contains("money", (await new CheckWorld { SideCalls = world.SideCalls, CostUsd = 0 }.OfTextAsync(AnswerCheckNames.Judge, "Paris.")).Why, StringComparison.Ordinal);
        Assert.Contains("time", (await new CheckWorld { SideCalls = world.SideCalls, TimeLeft = TimeSpan.Zero }.OfTextAsync(AnswerCheckNames.Judge, "Paris.")).Why, StringComparison.Ordinal);
        Assert.Empty(world.Calls);
    }
}
