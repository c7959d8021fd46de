using System.Text.Json.Nodes;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Providers;
using ServerlessRouter.Testing.Suites;
using ServerlessRouter.Testing.Time;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Providers;

public sealed class SimulatedProviderTests : ChatProviderSuite
{
    private readonly ManualTimeProvider _time = new();

    public SimulatedProviderTests() => Time = _time;

    public override ProviderKind Kind => ProviderKinds.Simulated;

    [Fact]
    public async Task Send_Schema_AnswersJsonThatFits()
    {
        using var answer = await AnswerAsync(ChatBodies.WithSchema());

        var person = JsonNode.Parse((string)JsonNode.Parse(answer.Body.Span)!["choices"]![0]!["message"]!["content"]!)!;
        Assert.NotEmpty((string)person["name"]!);
        Assert.IsType<int>((int)person["age"]!);
    }

    [Fact]
    public async Task Send_RecursiveSchema_Ends()
    {
        const string Schema = """{"type":"json_schema","json_schema":{"name":"n","schema":{"$ref":"#/$defs/n","$defs":{"n":{"type":"object","properties":{"next":{"anyOf":[{"$ref":"#/$defs/n"},{"type":"null"}]}},"required":["next"]}}}}}""";

        using var answer = await AnswerAsync(ChatBodies.With(ChatBodies.Plain(), "response_format", Schema));

        Assert.NotNull(JsonNode.Parse((string)JsonNode.Parse(answer.Body.Span)!["choices"]![0]!["message"]!["content"]!)!["next"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Send_MaxTokens_AreObeyed(bool stream)
    {
        var body = ChatBodies.With(ChatBodies.For(stream), "max_tokens", "3");

        var result = await SendAsync(body);

        var usage = stream ? (await StreamedAnswer.ReadAsync(result.Stream!)).Usage : result.Answer!.Usage;
        Assert.Equal(3, usage!.Value.CompletionTokens);
        Assert.Equal("length", stream ? result.Stream!.FinishReason : result.Answer!.FinishReason);
        result.Answer?.Dispose();
    }

    [Fact]
    public async Task Send_Streamed_KeepsLatencyAndRate()
    {
        var model = Simulating(new SimulationModel { FirstTokenLatency = TimeSpan.FromSeconds(2), TokensPerSecond = 10 });
        await using var stream = (await SendAsync(ChatBodies.Streamed(), model)).Stream!;

        var first = stream.ReadAsync(default);
        await _time.WaitForTimerDueInAsync(TimeSpan.FromSeconds(2));
        Assert.False(first.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(await first);
        Assert.True(stream.HasContent);

        var second = stream.ReadAsync(default);
        await _time.WaitForTimerDueInAsync(TimeSpan.FromMilliseconds(100));
        _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.True(await second);
    }

    [Fact]
    public async Task Send_Plain_TakesAsLongAsItsTokens()
    {
        var model = Simulating(new SimulationModel { FirstTokenLatency = TimeSpan.FromSeconds(1), TokensPerSecond = 2 });

        var sending = AnswerAsync(ChatBodies.With(ChatBodies.Plain(), "max_tokens", "5"), model);
        await _time.WaitForTimerDueInAsync(TimeSpan.FromSeconds(3));
        _time.Advance(TimeSpan.FromSeconds(3));

        (await sending).Dispose();
    }

    [Fact]
    public async Task Send_FailureRateOfOne_FailsWithA503()
    {
        var failure = (await SendAsync(ChatBodies.Plain(), Simulating(SimulationModel.AtOnce with { FailureRate = 1 }))).Failure!;

        Assert.Equal(FailureKind.ServerError, failure.Kind);
        Assert.Equal(503, failure.UpstreamStatus);
    }

    [Fact]
    public async Task Send_SameRequest_GetsTheSameAnswer()
    {
        using var first = await AnswerAsync(ChatBodies.Plain());
        using var second = await AnswerAsync(ChatBodies.Plain());

        Assert.Equal(first.Body.ToArray(), second.Body.ToArray());
    }

    protected override ProviderModel Configure() => new() { Name = "sim", Kind = Kind, Credential = Credential.None.Instance, Simulation = SimulationModel.AtOnce };

    private LanguageModel Simulating(SimulationModel simulation) => ProviderAttempts.Model(Configure() with { Simulation = simulation });
}
