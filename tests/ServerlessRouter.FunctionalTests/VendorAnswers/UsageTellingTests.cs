using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Wire;
using Xunit;
using static ServerlessRouter.FunctionalTests.VendorAnswers.VendorBodies;

namespace ServerlessRouter.FunctionalTests.VendorAnswers;

/// <summary>Usage is told once to who asked, and not at all to who did not, wherever the vendor puts it; the last figures count.</summary>
public sealed class UsageTellingTests : AnswerTests
{
    private static readonly (string Name, string[] Payloads)[] All =
    [
        ("on a chunk of its own", [Text("Fine."), Finish(), Whole("[]", Usage(100, 10)), "[DONE]"]),
        ("on a chunk of its own with null for choices", [Text("Fine."), Finish(), Whole("null", Usage(100, 10)), "[DONE]"]),
        ("on the chunk that finishes", [Text("Fine."), Finish(more: Usage(100, 10)), "[DONE]"]),
        ("in every chunk, growing", [Text("Fi", more: Usage(100, 4)), Text("ne.", more: Usage(100, 8)), Finish(more: Usage(100, 10)), "[DONE]"]),
        ("in every chunk and on one of its own", [Text("Fine.", more: Usage(100, 4)), Finish(more: Usage(100, 9)), Whole("[]", Usage(100, 10)), "[DONE]"]),
        ("and zeros behind it", [Text("Fine."), Finish(more: Usage(100, 10)), Whole("[]", Usage(0, 0)), "[DONE]"]),
        ("and empty ones and none elsewhere", [Text("Fi", more: ""","usage":{}"""), Text("ne.", more: ""","usage":[]"""), Finish(more: Usage(100, 10)), Whole("[]", ""","usage":{"total_tokens":0}"""), "[DONE]"]),
        ("inside the choice that finishes", [Text("Fine."), Whole($$"""[{"index":0,"delta":{},"finish_reason":"stop"{{Usage(100, 10)}}}]"""), "[DONE]"]),
        ("on a chunk that is mended", [Whole($$"""[{"message":{"role":"assistant","content":"Fine."},"finish_reason":"stop"}]""", Usage(100, 10)), "[DONE]"]),
    ];

    public static TheoryData<string> Scenarios => [.. All.Select(scenario => scenario.Name)];

    [Theory, MemberData(nameof(Scenarios))]
    public async Task Chat_CallerAskedForUsage_IsToldOnceWithItsCost(string name)
    {
        var answer = await AskAsync(name, ChatBodies.With(ChatBodies.Streamed(), "stream_options", """{"include_usage":true}"""));

        var told = Assert.Single(answer.Chunks, chunk => chunk["usage"] is not null);
        Assert.Same(answer.Chunks.Last(), told);
        Assert.Empty(told["choices"]!.AsArray());
        Assert.Equal((100, 10, (100m + 40m) / 1_000_000m), ((int)told["usage"]!["prompt_tokens"]!, (int)told["usage"]!["completion_tokens"]!, answer.CostUsd));
        Assert.Equal("chat.completion.chunk", (string?)told["object"]);
    }

    [Theory, MemberData(nameof(Scenarios))]
    public async Task Chat_CallerDidNotAskForUsage_IsNotTold(string name)
    {
        var answer = await AskAsync(name, ChatBodies.With(ChatBodies.Plain(), "stream", "true"));

        Assert.Equal("Fine.", answer.Text);
        Assert.True(answer.IsWhole);
        Assert.DoesNotContain(answer.Chunks, chunk => chunk["usage"] is not null);
    }

    [Theory]
    [InlineData("\"100\"", "\"10\""), InlineData("100.0", "10.0"), InlineData("1e2", "1E1"), InlineData("\"100.0\"", "10")]
    public async Task Chat_CountsInAnyForm_AreWholeNumbersBothWays(string prompt, string completion)
    {
        var usage = $$""","usage":{"prompt_tokens":{{prompt}},"completion_tokens":{{completion}},"total_tokens":"110","prompt_tokens_details":{"cached_tokens":"0","audio_tokens":null},"cost":null}""";

        var plain = await AskAsync(Body(Message("""{"role":"assistant","content":"Fine."}""", more: usage), JsonType), ChatBodies.Plain());
        var streamed = await AskAsync(Body(Events(Text("Fine."), Finish(more: usage), "[DONE]")), ChatBodies.Streamed());

        Assert.All([plain, streamed], answer =>
        {
            Assert.Equal("""{"prompt_tokens":100,"completion_tokens":10,"total_tokens":110,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0}""", answer.Usage!.ToJsonString()[..answer.Usage.ToJsonString().IndexOf(",\"cost\"", StringComparison.Ordinal)]);
            Assert.Equal((100m + 40m) / 1_000_000m, answer.CostUsd);
        });
    }

    [Theory]
    [InlineData("-5", "-1"), InlineData("null", "null"), InlineData("1e400", "1e308"), InlineData("99999999999999999999", "\"Infinity\""), InlineData("\"many\"", "{}")]
    public async Task Chat_CountsThatCannotBe_AreTheRoutersOwnBothWays(string prompt, string completion)
    {
        var usage = $$""","usage":{"prompt_tokens":{{prompt}},"completion_tokens":{{completion}},"total_tokens":{{prompt}}}""";

        var plain = await AskAsync(Body(Message("""{"role":"assistant","content":"Fine."}""", more: usage), JsonType), ChatBodies.Plain());
        var streamed = await AskAsync(Body(Events(Text("Fine."), Finish(more: usage), "[DONE]")), ChatBodies.Streamed());

        Assert.All([plain, streamed], answer =>
        {
            Assert.InRange((int)answer.Usage!["prompt_tokens"]!, 0, 100_000);
            Assert.InRange((int)answer.Usage["completion_tokens"]!, 0, 100_000);
            Assert.InRange(answer.CostUsd, 0, 1);
        });
    }

    private Task<ClientAnswer> AskAsync(string name, byte[] body) => AskAsync(Body(Events(All.Single(scenario => scenario.Name == name).Payloads)), body);

    private static string Usage(int prompt, int completion) => $$""","usage":{"prompt_tokens":{{prompt}},"completion_tokens":{{completion}},"total_tokens":{{prompt + completion}}}""";
}
