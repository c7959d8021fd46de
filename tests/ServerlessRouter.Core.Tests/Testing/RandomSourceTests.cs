using ServerlessRouter.Testing.Chance;
using Xunit;

namespace ServerlessRouter.Core.Tests.Testing;

public class RandomSourceTests
{
    [Fact]
    public void Seeded_SameSeed_GivesTheSameNumbers()
    {
        var (one, other) = (new SeededRandomSource(7), new SeededRandomSource(7));

        Assert.Equal(Enumerable.Range(0, 50).Select(_ => one.Next(1000)), Enumerable.Range(0, 50).Select(_ => other.Next(1000)));
        Assert.Equal(one.NextDouble(), other.NextDouble());
    }

    [Fact]
    public void Fixed_AnyDraws_PlayTheSequenceAgainAndAgain()
    {
        var random = new FixedRandomSource(0, 0.5, 0.999);

        Assert.Equal([0, 5, 9, 0], Enumerable.Range(0, 4).Select(_ => random.Next(10)));
        Assert.Equal(0.5, random.NextDouble());
        Assert.Equal(5, random.Drawn);
    }

    [Fact]
    public void Fixed_NumberOutOfRange_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => new FixedRandomSource(1.0));
}
