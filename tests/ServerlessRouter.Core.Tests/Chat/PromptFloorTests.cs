using System.Text;
using Microsoft.ML.Tokenizers;
using ServerlessRouter.Chat;
using ServerlessRouter.Core.Tests.Classification;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Chat;

/// <summary>What refuses a request is never more than what a real tokenizer counts.</summary>
public sealed class PromptFloorTests
{
    public static TheoryData<string> Repeated =>
    [
        " ", "\n", "\r\n", "\t", "=", "-", "*", "_", "#", ".", "/", "~", "|", "\\", "!", "a", "A", "x", "0", "9", "ab", "ha", " a", "a ", "的", "。", "！", "😀", "─", "█", "…", "é", "я", "ก", "क",
        "\u00a0", "\u0000", "don't ", "l'été ", "naïve ", "“word” ", "snake_case ", "camelCase", "x=1; ", "()", "[]", "{\"a\":1},", "https://", "<br/>", "&nbsp;", "한국어 ", "日本語です", "ลอง", "שלום ", "مرحبا ", "１２３", "²³",
    ];

    [Fact]
    public void Of_TextsOfAllKinds_IsNoMoreThanAnyTokenizerCounts() => Assert.All(TokenTexts.All, static text => AssertIsFloor(text.Text));

    [Theory, MemberData(nameof(Repeated))]
    public void Of_AnythingRepeated_IsNoMoreThanAnyTokenizerCounts(string piece)
    {
        foreach (var count in new[] { 1, 2, 3, 5, 16, 100, 1000 })
            AssertIsFloor(string.Concat(Enumerable.Repeat(piece, count)));
    }

    [Theory]
    [InlineData("English", 0.7)]
    [InlineData("Code", 0.4)]
    [InlineData("JSON", 0.4)]
    [InlineData("Digits", 0.4)]
    [InlineData("Chinese", 0.25)]
    public void Of_UsualText_IsNotFarBelow(string kind, double minShare) =>
        Assert.InRange(TokenTexts.Of(kind).Sum(static text => Floor(text)) / (double)TokenTexts.Of(kind).Sum(static text => TokenTexts.O200k.CountTokens(text)), minShare, 1);

    [Theory]
    [InlineData("One two three.", 4)]
    [InlineData("One\\ntwo\\u0020three\\t\\\"4\\\".", 6)]
    public void MinPromptTokens_OfARequest_ReadsWhatTheTextSays(string content, int expected)
    {
        using var request = ScannedRequest.Of($$"""{"model":"m","messages":[{"role":"user","content":"{{content}}"}]}""");

        Assert.Equal(expected, request.MinPromptTokens);
    }

    [Fact]
    public void MinPromptTokens_LongTextFullOfEscapes_CountsAcrossItsParts()
    {
        var content = string.Concat(Enumerable.Repeat("""two \u4e2d\ud83d\ude00 \"words\"\n""", 20_000));
        using var request = ScannedRequest.Of($$"""{"model":"m","messages":[{"role":"user","content":"{{content}}"}]}""");

        Assert.InRange(request.MinPromptTokens, 40_000, 60_200);
    }

    [Fact]
    public void MinPromptTokens_Pictures_CountOneEach()
    {
        using var request = ScannedRequest.Of(ChatBodies.WithImage("Look."));

        Assert.Equal(3, request.MinPromptTokens);
    }

    private static void AssertIsFloor(string text)
    {
        foreach (var tokenizer in new Tokenizer[] { TokenTexts.O200k, TokenTexts.Cl100k })
        {
            var (floor, tokens) = (Floor(text), tokenizer.CountTokens(text));
            Assert.True(floor <= tokens, $"{floor} > {tokens}: {text[..Math.Min(80, text.Length)]}");
        }
    }

    private static long Floor(string text) => PromptFloor.Of(Encoding.UTF8.GetBytes(text));
}
