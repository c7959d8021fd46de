using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
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
}
