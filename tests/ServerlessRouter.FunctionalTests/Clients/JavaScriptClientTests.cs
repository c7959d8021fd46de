using Xunit;

namespace ServerlessRouter.FunctionalTests.Clients;

/// <summary>OpenAI's, Anthropic's, OpenRouter's, Vercel's and LangChain's JavaScript clients. A row is a file of their tests in <c>tests/clients</c>; its failure names each test that failed.</summary>
public sealed class JavaScriptClientTests(JavaScriptClients clients) : IClassFixture<JavaScriptClients>
{
    public static TheoryData<string> Files => [.. JavaScriptClients.Files];

    [SkippableTheory]
    [MemberData(nameof(Files))]
    public Task TestsOfTheFile_AllPass(string file) => clients.PassAsync(file);
}
