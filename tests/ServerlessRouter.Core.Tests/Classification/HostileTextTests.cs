using ServerlessRouter.Classification;
using Xunit;

namespace ServerlessRouter.Core.Tests.Classification;

public sealed class HostileTextTests
{
    [Theory]
    [MemberData(nameof(HostileTexts.Names), MemberType = typeof(HostileTexts))]
    public void Estimate_HostileText_IsAtMostAFewTokensAByte(string name)
    {
        var text = HostileTexts.Called(name);
        Assert.InRange(TokenEstimator.Estimate(text), Math.Min(1, text.Length), 2 * text.Length);
    }

    [Theory]
    [MemberData(nameof(HostileTexts.Names), MemberType = typeof(HostileTexts))]
    public void Detect_HostileText_NamesALanguageOrNone(string name)
    {
        var text = HostileTexts.Called(name);
        Assert.InRange(LanguageDetector.Detect(text).Length, 2, 3);
    }
}
