using ServerlessRouter.Dispatch;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Dispatch;

/// <summary>Models of 8,000 tokens at a dollar for a thousand prompt tokens and ten for a thousand answer tokens; the router's own count is 100 and 20.</summary>
public class VendorFiguresTests
{
    private static readonly TokenUsage Own = new(100, 20) { IsEstimated = true };

    [Theory]
    [InlineData(32_000, 8_000)]
    [InlineData(1, 1)]
    public void Believed_WhatTheCallCouldHaveUsed_IsBelieved(int prompt, int answer)
    {
        var (usage, doubt) = Believe(new TokenUsage(prompt, answer));

        Assert.Equal(new TokenUsage(prompt, answer), usage);
        Assert.Null(doubt);
    }

    [Fact]
    public void Believed_MorePromptThanFourReadingsOfTheWindow_TheOwnCountStandsIn()
    {
        var (usage, doubt) = Believe(new TokenUsage(32_001, 30) { CachedTokens = 32_001 });

        Assert.Equal(new TokenUsage(100, 30) { CachedTokens = 100, IsEstimated = true }, usage);
        Assert.Equal("32001 prompt tokens, where the call could have come to 32000 at most", doubt);
    }

    [Fact]
    public void Believed_SumsThatOverflowed_TheOwnCountsStandIn() =>
        Assert.Equal(Own with { CachedTokens = 100 }, Believe(new TokenUsage(-5, int.MinValue) { CachedTokens = int.MaxValue, CacheWriteTokens = -1, ReasoningTokens = -1 }).Usage);

    [Theory]
    [InlineData(null, 33_000, true)]
    [InlineData(null, 33_001, false)]
    [InlineData("50", 1_200, true)]
    [InlineData("50", 1_201, false)]
    public void Believed_MoreAnswerThanWasAskedFor_TheOwnCountStandsIn(string? maxTokens, int answer, bool isBelieved) =>
        Assert.Equal(isBelieved ? answer : 20, Believe(new TokenUsage(100, answer), maxTokens).Usage.CompletionTokens);

    [Fact]
    public void Believed_AnswerThatThoughtBeyondItsLimit_IsBelieved() =>
        Assert.Equal(5_000, Believe(new TokenUsage(100, 5_000) { ReasoningTokens = 4_990 }, maxTokens: "50").Usage.CompletionTokens);

    [Fact]
    public void Believed_AnswerLongerThanItsLimitThatCame_IsBelieved() =>
        Assert.Equal(5_000, Believe(new TokenUsage(100, 5_000), maxTokens: "50", own: new TokenUsage(100, 4_000)).Usage.CompletionTokens);

    [Fact]
    public void Believed_SeveralChoices_AreBelieved() =>
        Assert.Equal(4_800, Believe(new TokenUsage(100, 4_800), maxTokens: "50", choices: "4").Usage.CompletionTokens);

    [Theory]
    [InlineData(0, 30, 100, 30)]
    [InlineData(90, 0, 90, 20)]
    [InlineData(0, 0, 100, 20)]
    public void Believed_ZerosWhereThereWasText_AreNoCounts(int prompt, int answer, int expectedPrompt, int expectedAnswer) =>
        Assert.Equal(new TokenUsage(expectedPrompt, expectedAnswer) { IsEstimated = true }, Believe(new TokenUsage(prompt, answer)).Usage);

    [Fact]
    public void Believed_PartsLargerThanTheirWhole_AreCutToIt() =>
        Assert.Equal(
            new TokenUsage(50, 10) { CachedTokens = 40, CacheWriteTokens = 10, HourCacheWriteTokens = 10, ReasoningTokens = 10 },
            Believe(new TokenUsage(50, 10) { CachedTokens = 40, CacheWriteTokens = 60, HourCacheWriteTokens = 70, ReasoningTokens = 11 }).Usage);

    [Theory]
    [InlineData("0.01", "0.01")]
    [InlineData("4", "4")]
    [InlineData("4.0001", null)]
    [InlineData("79228162514264337593543950335", null)]
    [InlineData("0", null)]
    public void Believed_Cost_UpToTenListPricesAndADollar(string told, string? expected) =>
        Assert.Equal(Usd(expected), Believe(new TokenUsage(100, 20) { ReportedCostUsd = Usd(told) }).Usage.ReportedCostUsd);

    [Theory]
    [InlineData("0", "0")]
    [InlineData("1", "1")]
    [InlineData("1.1", null)]
    public void Believed_CostOfAFreeModel_UpToADollar(string told, string? expected) =>
        Assert.Equal(Usd(expected), Believe(new TokenUsage(100, 20) { ReportedCostUsd = Usd(told) }, isFree: true).Usage.ReportedCostUsd);

    private static decimal? Usd(string? text) => text is null ? null : decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static (TokenUsage Usage, string? Doubt) Believe(in TokenUsage told, string? maxTokens = null, string? choices = null, TokenUsage? own = null, bool isFree = false)
    {
        var body = ChatBodies.Plain(model: "a");
        if (maxTokens is not null)
            body = ChatBodies.With(body, "max_tokens", maxTokens);
        if (choices is not null)
            body = ChatBodies.With(body, "n", choices);
        var model = Given.Model("a", price: isFree ? new ModelPrice(0, 0, 0, 0) : new ModelPrice(1_000, 1_000, 1_000, 10_000));
        var attempt = new AttemptContext(new RequestContext("r", Given.Router(model), ScannedRequest.Of(body), new GivenHeaders(), 0), model, DeploymentChoice.Fresh);
        return (VendorFigures.Believed(attempt, told, own ?? Own), attempt.Doubt);
    }
}
