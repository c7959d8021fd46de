using System.Text;
using System.Text.Json;
using ServerlessRouter.Classification;
using Xunit;

namespace ServerlessRouter.Core.Tests.Classification;

public sealed class TokenEstimatorTests
{
    private const double WorstError = 0.35;
    private const double MeanError = 0.12;

    [Fact]
    public void Estimate_TextsOfManyKinds_IsNearTheRealCounts()
    {
        var errors = RealCounts().Select(text => (text.Text, Error: ErrorOf(text.Text, text.Tokens))).ToList();

        Assert.All(errors, text => Assert.True(Math.Abs(text.Error) <= WorstError, $"{text.Error:P0}: {text.Text}"));
        Assert.InRange(errors.Average(text => Math.Abs(text.Error)), 0, MeanError);
    }

    [Fact]
    public void Estimate_ManyTimesTheSameProse_GrowsInProportion()
    {
        var prose = RealCounts().First(text => text.Kind == "english");
        var long400 = string.Concat(Enumerable.Repeat(prose.Text + "\n", 4_000));

        Assert.InRange(ErrorOf(long400, 4_000 * (prose.Tokens + 1)), -0.15, 0.15);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("a", 1)]
    [InlineData(" ", 1)]
    public void Estimate_TinyText_IsTheSmallestSensibleCount(string text, int atMost) =>
        Assert.InRange(TokenEstimator.Estimate(Encoding.UTF8.GetBytes(text)), Math.Min(text.Trim().Length, 1), atMost);

    private static double ErrorOf(string text, int tokens) =>
        (TokenEstimator.Estimate(Encoding.UTF8.GetBytes(text)) - tokens) / (double)tokens;

    private static List<(string Kind, string Text, int Tokens)> RealCounts()
    {
        using var file = typeof(TokenEstimatorTests).Assembly.GetManifestResourceStream("token-counts.json")!;
        using var json = JsonDocument.Parse(file);
        return json.RootElement.EnumerateArray()
            .Select(text => (text.GetProperty("kind").GetString()!, text.GetProperty("text").GetString()!, text.GetProperty("tokens").GetInt32()))
            .ToList();
    }
}
