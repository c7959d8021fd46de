using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests;

/// <summary>A prompt that fits is never refused because of a guess; one that certainly does not fit never reaches a vendor.</summary>
public sealed class ContextWindowTests : IAsyncLifetime
{
    /// <summary>Texts of which a part, or a first guess, says more than there is: tokens of o200k_base in windows that hold them.</summary>
    private static readonly Dictionary<string, (string Prompt, int Tokens)> Misleading = new()
    {
        ["a table's figures before prose"] = (string.Join(' ', Enumerable.Range(0, 200).Select(static number => number * 37 % 97)) + "\n" + Repeat("The committee met on Tuesday and agreed that the report should be sent to every member. ", 300), 5_100 + 400),
        ["base64 before prose"] = (Convert.ToBase64String([.. Enumerable.Range(0, 900).Select(static number => (byte)(number * number * 31))]) + "\n" + Repeat("She walked slowly home and thought about the long day. ", 500), 6_000),
        ["one letter again and again"] = (Repeat("a", 20_000), 2_500),
        ["white space"] = (Repeat(" ", 60_000) + "word", 480),
        ["rules of signs"] = (Repeat("=", 30_000), 480),
        ["escapes"] = (Repeat("\n\t", 12_000), 3_100),
        ["emoji"] = (Repeat("😀", 3_000), 3_000),
        ["a common word of Chinese"] = (Repeat("我们 ", 3_000), 6_000),
    };

    private FakeUpstream _small = null!;
    private FakeUpstream _large = null!;

    public static TheoryData<string, bool> Prompts
    {
        get
        {
            var rows = new TheoryData<string, bool>();
            foreach (var name in Misleading.Keys)
            {
                rows.Add(name, false);
                rows.Add(name, true);
            }

            return rows;
        }
    }

    public async Task InitializeAsync() => (_small, _large) = (await FakeUpstream.StartAsync(), await FakeUpstream.StartAsync());

    public async Task DisposeAsync()
    {
        await _small.DisposeAsync();
        await _large.DisposeAsync();
    }

    [Theory, MemberData(nameof(Prompts))]
    public async Task Chat_PromptThatFits_GoesUpWhateverItLooksLike(string name, bool stream)
    {
        var (prompt, tokens) = Misleading[name];
        await using var router = await RunningRouter.StartAsync(new RouterFile().Upstream("small", _small, $$"""{ "contextWindow": {{tokens + 200}} }"""));

        var answer = await router.ChatAsync(ChatBodies.For(stream, prompt, "small"));

        Assert.Equal(200, (int)answer.Status);
        Assert.Single(_small.Books.Requests);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_PromptThatCertainlyDoesNotFit_IsRefusedAndNotSent(bool stream)
    {
        await using var router = await RunningRouter.StartAsync(new RouterFile().Upstream("small", _small, """{ "contextWindow": 1000 }"""));

        var answer = await router.ChatAsync(ChatBodies.For(stream, Repeat("The committee met on Tuesday. ", 300), "small"));

        Assert.Equal((400, "context_length_exceeded"), ((int)answer.Status, answer.ErrorCode));
        Assert.Contains("at least 1501 prompt + 1 answer tokens > 1000", answer.ErrorMessage, StringComparison.Ordinal);
        Assert.Empty(_small.Books.Requests);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_PromptThatProbablyDoesNotFit_GoesToTheLargerWindowFirst(bool stream)
    {
        await using var router = await RunningRouter.StartAsync(
            new RouterFile().Upstream("small", _small, """{ "contextWindow": 2000 }""").Upstream("large", _large).Route("auto", ["small"], """{ "fallbacks": ["large"] }"""));

        var answer = await router.ChatAsync(ChatBodies.For(stream, Repeat("Uncharacteristically misunderstandable ", 450)));

        Assert.Equal("large-at-large-vendor", answer.Model);
        Assert.Empty(_small.Books.Requests);
    }

    private static string Repeat(string piece, int times) => string.Concat(Enumerable.Repeat(piece, times));
}
