using System.Globalization;
using Microsoft.AspNetCore.Http;
using ServerlessRouter.Http.Wire;
using ServerlessRouter.Pipeline;
using Xunit;

namespace ServerlessRouter.Core.Tests.Http;

/// <summary>The headers by which OpenAI's clients read how limits stand.</summary>
public sealed class LimitHeadersTests
{
    [Theory]
    [InlineData(-5, "0ms")]
    [InlineData(0, "0ms")]
    [InlineData(0.0121, "13ms")]
    [InlineData(0.85, "850ms")]
    [InlineData(1, "1s")]
    [InlineData(11.2, "12s")]
    [InlineData(59.5, "1m0s")]
    [InlineData(360, "6m0s")]
    [InlineData(10_805, "3h0m5s")]
    [InlineData(31 * 24 * 3600, "744h0m0s")]
    public void Duration_AsGoParsesIt(double seconds, string expected) => Assert.Equal(expected, LimitHeaders.Duration(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData("0")]
    [InlineData("0.000001")]
    [InlineData("0.1")]
    [InlineData("0.05")]
    [InlineData("12")]
    [InlineData("12.340005")]
    [InlineData("9223372036854.775807")]
    public void Usd_IsToldToTheMillionth(string usd) => Assert.Equal(usd, LimitHeaders.Usd(decimal.Parse(usd, CultureInfo.InvariantCulture)));

    [Fact]
    public void Write_NoLimits_WritesNothing()
    {
        var headers = new HeaderDictionary();

        LimitHeaders.Write(headers, default);

        Assert.Empty(headers);
    }

    [Fact]
    public void Write_NeverResets_LeavesTheResetOut()
    {
        var headers = new HeaderDictionary();

        LimitHeaders.Write(headers, new LimitFigures(new RateFigures(200, 3, null), null, 0.0000015m, "budget.month"));

        Assert.Equal(
            [("x-ratelimit-limit-requests", "200"), ("x-ratelimit-remaining-requests", "3"), ("x-router-budget-remaining", "0.000002"), ("x-router-downgraded", "budget.month")],
            headers.OrderBy(static header => header.Key, StringComparer.Ordinal).Select(static header => (header.Key, header.Value.ToString())));
    }
}
