using System.Text;
using ServerlessRouter.Chat;
using ServerlessRouter.Json;
using Xunit;

namespace ServerlessRouter.Core.Tests.Chat;

public sealed class UsualChunkTests
{
    private const string Plain = """{"id":"c-1","choices":[{"index":0,"delta":{"content":"one"},"finish_reason":null}]}""";
    private const string Padded = """{"id":"c-1","choices":[{"index":0,"delta":{"content":"one"},"finish_reason":null}],"obfuscation":"aB3x"}""";
    private const string Mistral = """{"id":"c-1","choices":[{"index":0,"delta":{"content":"one"},"finish_reason":null}],"p":"aB3x"}""";
    private const string Numbered = """{"type":"response.output_text.delta","sequence_number":9,"item_id":"m","delta":"one","logprobs":[],"obfuscation":"aB3x"}""";

    [Theory]
    [InlineData(Plain, "\"one\"", "\" two and more\"", " two and more")]
    [InlineData(Plain, "\"one\"", "\"\"", "")]
    [InlineData(Plain, "\"one\"", "\"a \\\"quote\\\", \\u00e9\\n\"", "a \\\"quote\\\", \\u00e9\\n")]
    [InlineData(Padded, "\"aB3x\"", "\"\"", "one")]
    [InlineData(Padded, "\"one\"", "\"naïve 🙂\"", "naïve 🙂")]
    [InlineData(Mistral, "\"aB3x\"", "\"a longer one\"", "one")]
    [InlineData(Numbered, ":9,", ":1000,", "one")]
    public void TryRead_OtherTextPaddingOrNumber_TellsTheText(string known, string old, string other, string expected) => Assert.Equal(expected, ReadBehind(known, known.Replace(old, other, StringComparison.Ordinal)));

    [Fact]
    public void TryRead_AllThreeOtherwise_TellsTheText() => Assert.Equal(
        "two", ReadBehind(Numbered, """{"type":"response.output_text.delta","sequence_number":10,"item_id":"m","delta":"two","logprobs":[],"obfuscation":"0123456789"}"""));

    [Theory]
    [InlineData(Plain, "null", "\"stop\"")]
    [InlineData(Plain, "\"index\":0", "\"index\":1")]
    [InlineData(Plain, "\"content\"", "\"refusal\"")]
    [InlineData(Plain, "]}", "],\"usage\":{\"prompt_tokens\":1}}")]
    [InlineData(Plain, "\"content\":\"one\"", "\"content\":\"one\",\"tool_calls\":[]")]
    [InlineData(Padded, "\"aB3x\"", "\"aB3x\",\"error\":{\"message\":\"no\"}")]
    [InlineData(Padded, "\"aB3x\"", "17")]
    [InlineData(Numbered, ":9,", ":\"9\",")]
    [InlineData(Numbered, "[]", "[{\"token\":\"one\",\"logprob\":-1}]")]
    [InlineData(Numbered, "\"item_id\":\"m\"", "\"item_id\":\"n\"")]
    public void TryRead_MoreIsOtherwise_IsLeftToAReader(string known, string old, string other) => Assert.Null(ReadBehind(known, known.Replace(old, other, StringComparison.Ordinal)));

    [Theory]
    [InlineData("\"one\"", "\"half\\\"")]
    [InlineData("\"one\"", "\"broken \\x\"")]
    [InlineData("\"one\"", "\"two\nlines\"")]
    [InlineData("\"one\"", "null")]
    [InlineData("\"one\"", "[\"one\"]")]
    public void TryRead_TextThatIsNoString_IsLeftToAReader(string old, string other) => Assert.Null(ReadBehind(Plain, Plain.Replace(old, other, StringComparison.Ordinal)));

    [Fact]
    public void TryRead_EveryBeginningOfAChunk_IsLeftToAReader()
    {
        for (var length = 0; length < Numbered.Length; length++)
            Assert.Null(ReadBehind(Numbered, Numbered[..length]));
    }

    [Fact]
    public void TryRead_PaddingsNameInsideOfTheText_TellsTheWholeText() =>
        Assert.Equal("a,\\\"obfuscation\\\":\\\"b", ReadBehind(Padded, Padded.Replace("\"one\"", "\"a,\\\"obfuscation\\\":\\\"b\"", StringComparison.Ordinal)));

    [Fact]
    public void TryRead_NothingLearnt_IsLeftToAReader() => Assert.False(new UsualChunk().TryRead(Encoding.UTF8.GetBytes(Plain), out _));

    [Fact]
    public void Learn_AnotherChunk_ForgetsTheOneBefore()
    {
        var usual = new UsualChunk();
        Learn(usual, Padded);
        Learn(usual, Plain);

        Assert.False(usual.TryRead(Encoding.UTF8.GetBytes(Padded), out _));
        Assert.True(usual.TryRead(Encoding.UTF8.GetBytes(Plain), out _));
    }

    [Fact]
    public void Learn_AVeryLongChunk_RemembersNone()
    {
        var usual = new UsualChunk();
        var chunk = Plain.Replace("one", new string('a', 5000), StringComparison.Ordinal);
        usual.Learn(Encoding.UTF8.GetBytes(chunk), new JsonRange(chunk.IndexOf("aaa", StringComparison.Ordinal), 5000));

        Assert.False(usual.TryRead(Encoding.UTF8.GetBytes(chunk), out _));
    }

    private static string? ReadBehind(string known, string next)
    {
        var usual = new UsualChunk();
        Learn(usual, known);
        var bytes = Encoding.UTF8.GetBytes(next);
        return usual.TryRead(bytes, out var text) ? Encoding.UTF8.GetString(text.In(bytes)) : null;
    }

    private static void Learn(UsualChunk usual, string chunk) =>
        usual.Learn(Encoding.UTF8.GetBytes(chunk), new JsonRange(chunk.IndexOf("\"one\"", StringComparison.Ordinal) + 1, "one".Length));
}
