using System.Text;
using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Checks.Schema;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Checks;

/// <summary>Whatever a model answers, a check ends soon and with a verdict.</summary>
public sealed class HostileAnswersTests
{
    private const int Megabytes = 2 * 1024 * 1024;

    private static readonly (string Name, Func<string> Text)[] s_texts =
    [
        ("one letter", () => new string('x', Megabytes)),
        ("equals signs", () => new string('=', Megabytes)),
        ("sums", () => string.Concat(Enumerable.Repeat("1+1=3 ", Megabytes / 6))),
        ("open parentheses", () => "=" + new string('(', Megabytes) + "1"),
        ("minus signs", () => new string('-', Megabytes) + "1=1"),
        ("open brackets", () => new string('[', Megabytes)),
        ("open objects", () => string.Concat(Enumerable.Repeat("{\"a\":", Megabytes / 5))),
        ("many members", () => "{" + string.Join(',', Enumerable.Range(0, 100_000).Select(place => $"\"m{place}\":{place}")) + "}"),
        ("many items", () => "[" + string.Join(',', Enumerable.Range(0, 200_000)) + "]"),
        ("same member", () => "{" + string.Join(',', Enumerable.Repeat("\"name\":1", 100_000)) + "}"),
        ("control characters", () => new string('\u0001', Megabytes / 4)),
        ("no line ends", () => string.Concat(Enumerable.Repeat("I am su", Megabytes / 7))),
        ("every script", () => string.Concat(Enumerable.Range(0x20, 0xD000).Select(code => (char)code))),
        ("huge number", () => $"{{\"name\":\"x\",\"age\":{new string('9', 100_000)}}}"),
    ];

    public static TheoryData<string> Texts => [.. s_texts.Select(text => text.Name)];

    [Theory, MemberData(nameof(Texts))]
    public async Task CheckAsync_AnyText_EndsWithAVerdict(string name)
    {
        var text = s_texts.Single(row => row.Name == name).Text();
        var world = new CheckWorld { Task = TaskKind.Math, Question = "What is 1 + 1?", Body = ChatBodies.WithSchema("What is 1 + 1?") };

        foreach (var check in AnswerCheckNames.All)
            await Patience.WaitAsync(Task.Run(() => world.OfTextAsync(check, text)), () => $"the check {check} to end");
    }

    [Theory, MemberData(nameof(Texts))]
    public async Task CheckAsync_AnyArguments_EndWithAVerdict(string name)
    {
        var arguments = JsonSerializer.Serialize(s_texts.Single(row => row.Name == name).Text());
        var message = $$$"""{"tool_calls":[{"function":{"name":"get_weather","arguments":{{{arguments}}}}}]}""";

        await Patience.WaitAsync(Task.Run(() => new CheckWorld { Body = ChatBodies.WithTools() }.OfMessageAsync(AnswerCheckNames.ToolCalls, message)), () => "the check to end");
    }

    [Theory]
    [InlineData("\"\\ud800 alone\"")]
    [InlineData("\"\\udc00\\ud800\"")]
    [InlineData("\"12*3 = \\ud800\"")]
    public async Task CheckAsync_LoneSurrogates_AreReadAsReplacements(string contentJson)
    {
        foreach (var check in AnswerCheckNames.All)
            await new CheckWorld { Body = ChatBodies.WithSchema() }.OfMessageAsync(check, $$"""{"content":{{contentJson}},"tool_calls":[]}""");
    }

    [Theory]
    [InlineData("""{"$ref":"#"}""")]
    [InlineData("""{"anyOf":[{"$ref":"#"},{"$ref":"#"},{"$ref":"#"}]}""")]
    [InlineData("""{"allOf":[{"$ref":"#"},{"$ref":"#"}]}""")]
    [InlineData("""{"oneOf":[{"$ref":"#"},{"$ref":"#"}]}""")]
    [InlineData("""{"items":{"$ref":"#"},"additionalProperties":{"$ref":"#"}}""")]
    [InlineData("""{"$ref":"#/nowhere"}""")]
    [InlineData("""{"$ref":"https://example.com/schema"}""")]
    [InlineData("""{"items":{"pattern":"(a+)+$"}}""")]
    [InlineData("""{"items":{"pattern":"(?=a)"}}""")]
    [InlineData("""{"items":{"pattern":"["}}""")]
    [InlineData("""{"enum":7,"type":[],"properties":[],"required":{},"items":[],"anyOf":{},"minimum":"x","pattern":3,"format":{}}""")]
    public async Task Of_AnySchema_EndsWithAVerdict(string schemaJson)
    {
        using var schema = JsonDocument.Parse(schemaJson);
        var deep = new string('[', 60) + new string(']', 60);
        foreach (var text in new[] { deep, "[\"" + new string('a', 100_000) + "!\"]", "{\"a\":{\"a\":{}}}", "7" })
            await Patience.WaitAsync(Task.Run(() => JsonFit.Of(Encoding.UTF8.GetBytes(text), schema.RootElement)), () => "the review to end");
    }

    [Theory]
    [InlineData("""{"choices":7}""", 0)]
    [InlineData("""{"choices":[7,null,"x"]}""", 0)]
    [InlineData("""{"choices":[{"index":-1},{"index":99999999},{"index":1e300}]}""", 1)]
    [InlineData("""{"choices":[{"message":7,"logprobs":[],"finish_reason":{}}]}""", 1)]
    [InlineData("""{"choices":[{"message":{"content":{},"tool_calls":[7,{"index":-3},{"function":7}],"function_call":[]}}]}""", 1)]
    [InlineData("""{"choices":[{"logprobs":{"content":[7,{},{"logprob":"x"},{"logprob":1e308,"top_logprobs":[7,{}]}]}}]}""", 1)]
    [InlineData("no JSON", 0)]
    public void OfBody_AnyJson_IsRead(string body, int choices) => Assert.Equal(choices, AnswerReader.OfBody(Encoding.UTF8.GetBytes(body)).Count);
}
