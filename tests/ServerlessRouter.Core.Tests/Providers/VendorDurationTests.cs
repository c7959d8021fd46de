using ServerlessRouter.Providers.Failures;
using Xunit;

namespace ServerlessRouter.Core.Tests.Providers;

public sealed class VendorDurationTests
{
    [Theory]
    [InlineData("2ms", 2)]
    [InlineData("6m0s", 360_000)]
    [InlineData("1h2m", 3_720_000)]
    [InlineData("1m30.951s", 90_951)]
    [InlineData("17", 17_000)]
    [InlineData("0.5", 500)]
    [InlineData("0s", 0)]
    [InlineData(" 20s ", 20_000)]
    [InlineData("1d", 86_400_000)]
    public void TryParse_VendorsForms_AreRead(string text, int milliseconds)
    {
        Assert.True(VendorDuration.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("soon")]
    [InlineData("5 parsecs")]
    [InlineData("1.2.3s")]
    [InlineData("-5s")]
    [InlineData("s")]
    public void TryParse_AnythingElse_IsNoDuration(string text) => Assert.False(VendorDuration.TryParse(text, out _));

    [Fact]
    public void TryParse_AbsurdlyLong_IsBounded()
    {
        Assert.True(VendorDuration.TryParse(new string('9', 300) + "h", out var duration));
        Assert.Equal(VendorDuration.Max, duration);
    }
}
