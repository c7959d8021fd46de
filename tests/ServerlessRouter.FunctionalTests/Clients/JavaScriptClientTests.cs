using System.Text.Json.Nodes;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Clients;

/// <summary>OpenAI's, Anthropic's, OpenRouter's, Vercel's and LangChain's JavaScript clients. A row is a file of their tests in <c>tests/clients</c>; its failure names each test that failed.</summary>
public sealed class JavaScriptClientTests(JavaScriptClients clients) : IClassFixture<JavaScriptClients>
{
    public static TheoryData<string> Files => [.. JavaScriptClients.Files];

    [SkippableTheory]
    [MemberData(nameof(Files))]
    public async Task TestsOfTheFile_AllPass(string file)
    {
        var end = await clients.EndOfAsync(file);

        var tests = end.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonNode.Parse(line)!).ToArray();
        var failures = tests.Where(static test => test["error"] is not null).Select(static test => $"{test["name"]}\n{test["error"]}");
        Assert.True(end.ExitCode == 0, string.Join("\n\n", [.. failures, end.Errors]));
        Assert.NotEmpty(tests);
        Assert.DoesNotContain(tests, static test => (bool)test["skipped"]!);
    }
}
