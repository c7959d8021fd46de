using ServerlessRouter.Domain;
using ServerlessRouter.Testing.Chance;
using Xunit;

namespace ServerlessRouter.Core.Tests.Configuration;

public class ModelPriceTests
{
    [Fact]
    public void CostUsd_EveryKindOfToken_AddsUp()
    {
        var price = new ModelPrice(2.5m, 1.25m, 3m, 10m, 0.001m);

        Assert.Equal(0.001m + 0.0025m + 0.00025m + 0.0009m + 0.02m, price.CostUsd(new TokenUsage(1_500, 2_000) { CachedTokens = 200, CacheWriteTokens = 300 }));
    }

    [Fact]
    public void CostUsd_CacheWrittenForAnHour_HasAPriceOfItsOwn()
    {
        var price = new ModelPrice(3m, 0.3m, 3.75m, 15m) { HourCacheWritePerMillion = 6m };

        Assert.Equal((400_000 * 3.75m + 600_000 * 6m) / 1_000_000m, price.CostUsd(new TokenUsage(1_000_000, 0) { CacheWriteTokens = 1_000_000, HourCacheWriteTokens = 600_000 }));
    }

    [Theory]
    [InlineData(200_000, 1.25, 10)]
    [InlineData(200_001, 2.5, 15)]
    [InlineData(500_000, 2.5, 15)]
    [InlineData(500_001, 5, 30)]
    public void CostUsd_LongPrompt_IsBilledByItsStepAsAWhole(int promptTokens, double input, double output)
    {
        var price = Stepped();
        var expected = ((promptTokens * (decimal)input) + (1_000 * (decimal)output)) / 1_000_000m;

        Assert.Equal(expected, price.CostUsd(new TokenUsage(promptTokens, 1_000)));
        Assert.Equal((double)expected, price.EstimateUsd(promptTokens, 1_000));
    }

    [Fact]
    public void CostUsd_CachedTokens_CountForTheStep() =>
        Assert.Equal((100_001 * 2.5m + 100_000 * 0.25m) / 1_000_000m, Stepped().CostUsd(new TokenUsage(200_001, 0) { CachedTokens = 100_000 }));

    [Theory]
    [InlineData(1_000, 100, 0.0035, 0.0020)]
    [InlineData(1_000, 100, 0.007, 0.0040)]
    [InlineData(1_000, 0, 0.002, 0.002)]
    [InlineData(0, 0, 0.002, 0.002)]
    public void PromptPartUsd_ListPriceOrAnother_IsSplitAsTheListPriceWouldBe(int promptTokens, int answerTokens, double costUsd, double expected) =>
        Assert.Equal((decimal)expected, new ModelPrice(2m, 1m, 2m, 15m).PromptPartUsd(new TokenUsage(promptTokens, answerTokens), (decimal)costUsd));

    [Fact]
    public void PromptPartUsd_NoListPrice_IsSplitByTokens() =>
        Assert.Equal(0.75m, new ModelPrice(0, 0, 0, 0).PromptPartUsd(new TokenUsage(300, 100), 1m));

    [Fact]
    public void PromptPartUsd_PriceForEachCall_IsThePrompts() =>
        Assert.Equal(0.501m, new ModelPrice(1m, 1m, 1m, 1m, 0.5m).PromptPartUsd(new TokenUsage(1_000, 1_000), 0.502m));

    /// <summary>The two are computed in different ways and must come to the same number, for every price that is written with the digits prices have.</summary>
    [Fact]
    public void EstimateUsd_AnyPriceAndSize_IsTheCostOfSuchACall()
    {
        var random = new SeededRandomSource(1);
        for (var round = 0; round < 20_000; round++)
        {
            var price = new ModelPrice(Price(), Price(), Price(), Price(), round % 3 == 0 ? Price() / 1000 : 0);
            var prompt = random.Next(1 << (1 + random.Next(21)));
            var cached = round % 2 == 0 ? 0 : random.Next(prompt + 1);
            var answer = random.Next(1 << (1 + random.Next(17)));

            Assert.Equal((double)price.CostUsd(new TokenUsage(prompt, answer) { CachedTokens = cached }), price.EstimateUsd(prompt, answer, cached));
        }

        decimal Price() => new(random.Next(1_000_000), 0, 0, false, (byte)(2 + random.Next(3)));
    }

    private static ModelPrice Stepped() => new(1.25m, 0.125m, 1.25m, 10m)
    {
        Above = [new PriceStep(200_000, new ModelPrice(2.5m, 0.25m, 2.5m, 15m)), new PriceStep(500_000, new ModelPrice(5m, 0.5m, 5m, 30m))],
    };
}
