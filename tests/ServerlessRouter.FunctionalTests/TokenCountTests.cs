using System.Text;
using ServerlessRouter.FunctionalTests.Running;
using Xunit;

namespace ServerlessRouter.FunctionalTests;

/// <summary>Tokens are counted exactly where the owner wants it, every model is OpenAI's, and the prompt is text alone; and the header says which.</summary>
public sealed class TokenCountTests
{
    private const string Text = """ "messages":[{"role":"user","content":"tiktoken is great!"}] """;
    private const string WithTool = Text + ""","tools":[{"name":"t","input_schema":{"type":"object"}}]""";

    [Theory]
    [InlineData("gpt-5-mini", Text, true, "exact")]
    [InlineData("both", Text, true, "exact")]
    [InlineData("gpt-5-mini:floor", Text, true, "exact")]
    [InlineData("mixed", Text, true, "estimate")]
    [InlineData("own", Text, true, "estimate")]
    [InlineData("unheard-of", Text, true, "estimate")]
    [InlineData("gpt-5-mini", WithTool, true, "estimate")]
    [InlineData("gpt-5-mini", """ "models":["own"],""" + Text, true, "estimate")]
    [InlineData("gpt-5-mini", Text, false, "estimate")]
    public async Task CountTokens_Request_IsExactWhereItCanBe(string model, string members, bool isOn, string expected)
    {
        // No call is made: what counts is whose models they are.
        await using var router = await RunningRouter.StartAsync(new RouterFile()
            .Provider("vendor", new Uri("https://api.openai.com/v1/"), "openai", """{ "credential": "none" }""")
            .Provider("own", new Uri("https://models.example.com/v1/"), "openai", """{ "credential": "none" }""")
            .Model("gpt-5-mini", ["vendor"], Called("gpt-5-mini")).Model("gpt-4o", ["vendor"], Called("gpt-4o")).Model("own", ["own"])
            .Route("both", ["gpt-5-mini", "gpt-4o"]).Route("mixed", ["gpt-5-mini", "own"])
            .Server($$"""{ "exactTokenCounts": {{(isOn ? "true" : "false")}} }"""));

        var answer = await router.PostAsync("v1/messages/count_tokens", Encoding.UTF8.GetBytes($$"""{"model":"{{model}}",{{members}}}"""));

        Assert.Equal(expected, answer.Header("x-router-token-count"));
        // The text's six, four of the message, three of the answer's beginning.
        Assert.True(expected == "estimate" || (int)answer.Json["input_tokens"]! == 13, answer.ToString());
    }

    private static string Called(string name) => $$"""{ "deployments": [{ "provider": "vendor", "name": "{{name}}" }] }""";
}
