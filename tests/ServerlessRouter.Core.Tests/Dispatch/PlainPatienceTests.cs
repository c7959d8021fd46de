using ServerlessRouter.Dispatch;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Dispatch;

/// <summary>How long a plain answer is waited for while another model could be asked.</summary>
public sealed class PlainPatienceTests
{
    private const int Minutes = 60;

    [Theory]
    [InlineData(1, 30)]
    [InlineData(15, 45)]
    [InlineData(600, 30 * Minutes)]
    [InlineData(1e9, 24 * 60 * Minutes)]
    public void Of_AModelThatWasMeasured_ThreeTimesWhatIsExpected(double expectedSeconds, double seconds) =>
        Assert.Equal(seconds, Of(Capabilities.Tools, expectedSeconds).TotalSeconds);

    /// <summary>At 20 tokens a second, behind the silence that a stream would get.</summary>
    [Theory]
    [InlineData(100, null, 30 + 30)]
    [InlineData(700, null, 30 + 105)]
    [InlineData(100, 50, 30 + 2.5)]
    [InlineData(700, 4000, 30 + 105)]
    public void Of_AModelThatWasNot_TheTimeOfALongAnswer(int expectedTokens, int? maxTokens, double seconds) =>
        Assert.Equal(seconds, Of(Capabilities.Tools, null, expectedTokens, maxTokens).TotalSeconds);

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(0)]
    public void Of_AnExpectationThatIsNone_AsOfAModelThatWasNotMeasured(double expectedSeconds) =>
        Assert.Equal(60, Of(Capabilities.Tools, expectedSeconds).TotalSeconds);

    [Theory]
    [InlineData(Capabilities.Reasoning, null, false)]
    [InlineData(Capabilities.Reasoning, null, true)]
    [InlineData(Capabilities.Reasoning, 1.0, true)]
    [InlineData(Capabilities.None, null, false)]
    public void Of_AModelThatMayThinkFirst_Minutes(Capabilities capabilities, double? expectedSeconds, bool asksToThink) =>
        Assert.Equal(5 * Minutes, Of(capabilities, expectedSeconds, asksToThink: asksToThink).TotalSeconds);

    [Theory]
    [InlineData(Capabilities.Reasoning, false)]
    [InlineData(Capabilities.None, false)]
    [InlineData(Capabilities.Tools, true)]
    public void Of_AModelMeasuredThatNeedNotThinkMoreThanUsual_AsAnyOther(Capabilities capabilities, bool asksToThink) =>
        Assert.Equal(45, Of(capabilities, 15, asksToThink: asksToThink).TotalSeconds);

    private static TimeSpan Of(Capabilities capabilities, double? expectedSeconds, int expectedTokens = 100, int? maxTokens = null, bool asksToThink = false)
    {
        var model = new RouterBuilder().Model("m", builder => builder.Can(capabilities)).Build().Models[0];
        var body = ChatBodies.Plain();
        if (maxTokens is { } most)
            body = ChatBodies.With(body, "max_tokens", $"{most}");
        if (asksToThink)
            body = ChatBodies.With(body, "reasoning_effort", "\"high\"");
        return PlainPatience.Of(new PlannedCandidate(model, 0.5f, 0, expectedSeconds, 0, "", false) { OutputTokens = expectedTokens }, ScannedRequest.Of(body));
    }
}
