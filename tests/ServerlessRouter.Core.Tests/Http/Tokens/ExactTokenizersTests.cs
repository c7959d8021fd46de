using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessRouter.Http.Tokens;
using Xunit;

namespace ServerlessRouter.Core.Tests.Http.Tokens;

/// <summary>Counts against those that OpenAI publishes (its cookbook: how to count tokens with tiktoken), and texts that a tokenizer must not be given.</summary>
public sealed class ExactTokenizersTests
{
    private readonly ExactTokenizers _tokenizers = new(TimeProvider.System, NullLoggerFactory.Instance);

    [Theory]
    [InlineData("cl100k_base", "antidisestablishmentarianism", 6)]
    [InlineData("o200k_base", "antidisestablishmentarianism", 6)]
    [InlineData("cl100k_base", "2 + 2 = 4", 7)]
    [InlineData("o200k_base", "2 + 2 = 4", 7)]
    [InlineData("cl100k_base", "お誕生日おめでとう", 9)]
    [InlineData("o200k_base", "お誕生日おめでとう", 8)]
    [InlineData("o200k_base", "tiktoken is great!", 6)]
    [InlineData("o200k_harmony", "hello world", 2)]
    [InlineData("o200k_base", "", 0)]
    public async Task FindAsync_OpenAIsTokenizer_CountsAsPublished(string name, string text, int expected)
    {
        var count = await LoadedAsync(name);

        Assert.Equal(expected, count(Encoding.UTF8.GetBytes(text)));
    }

    [Theory]
    [InlineData("claude")]
    [InlineData(null)]
    public async Task FindAsync_OtherTokenizer_IsNone(string? name) => Assert.Null(await _tokenizers.FindAsync(name, CancellationToken.None));

    /// <summary>200,000 times one letter took the tokenizer 55 s, a mark of its own format is one token to it and five to the API.</summary>
    [Theory]
    [InlineData('a')]
    [InlineData(' ')]
    [InlineData('=')]
    [InlineData('中')]
    public async Task FindAsync_RunThatCannotBeCut_IsNotCounted(char one)
    {
        var count = await LoadedAsync("o200k_base");

        Assert.Null(count(Encoding.UTF8.GetBytes(new string(one, 200_000))));
        Assert.Null(count(Encoding.UTF8.GetBytes("So " + new string(one, 600))));
        Assert.Null(count("<|endoftext|>"u8.ToArray()));
        Assert.Null(count(new byte[(256 * 1024) + 1]));
        Assert.NotNull(count(Encoding.UTF8.GetBytes(string.Join(", ", Enumerable.Repeat(new string(one, 20), 100)))));
        Assert.NotNull(count(Encoding.UTF8.GetBytes(new string('7', 5_000))));
    }

    private async Task<Func<ReadOnlyMemory<byte>, int?>> LoadedAsync(string name)
    {
        while (true)
        {
            if (await _tokenizers.FindAsync(name, CancellationToken.None) is { } count)
                return count;
        }
    }
}
