using ServerlessRouter.Domain;
using Xunit;

namespace ServerlessRouter.Core.Tests.Domain;

public sealed class ReasoningEffortsTests
{
    [Theory]
    [InlineData("high", "low medium high", "high")]
    [InlineData("xhigh", "low medium high", "high")]
    [InlineData("max", "minimal low medium high", "high")]
    [InlineData("minimal", "low medium high", "low")]
    [InlineData("minimal", "none low medium high", "low")]
    [InlineData("none", "low medium high", "low")]
    [InlineData("none", "none high", "none")]
    [InlineData("low", "none high", "high")]
    [InlineData("medium", "low high", "low")]
    [InlineData("low", "high max", "high")]
    [InlineData("high", "none default", "default")]
    [InlineData("medium", "high", "high")]
    [InlineData("enormous", "low high", null)]
    [InlineData("", "low high", null)]
    public void Nearest_Level_IsOneThatIsTaken(string asked, string taken, string? expected) => Assert.Equal(expected, ReasoningEfforts.Nearest(asked, [.. taken.Split(' ')]));
}
