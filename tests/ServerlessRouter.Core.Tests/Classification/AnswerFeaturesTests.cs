using System.Text;
using ServerlessRouter.Classification.Answers;
using Xunit;

namespace ServerlessRouter.Core.Tests.Classification;

public sealed class AnswerFeaturesTests
{
    private const string Question = "A box holds 12 eggs. How many eggs are in 5 boxes, if 3 eggs are broken?";

    [Theory]
    [InlineData("", AnswerFeature.Empty)]
    [InlineData("12 * 5 = 60", AnswerFeature.NoFinalAnswer)]
    [InlineData("12 * 5 = 60\n#### sixty", AnswerFeature.MalformedFinalAnswer)]
    [InlineData("12 * 5 = 70\n70 - 3 = 67\n#### 67", AnswerFeature.AnyWrongArithmetic)]
    [InlineData("<<12*5=61>>61 eggs\n#### 61", AnswerFeature.AnyWrongArithmetic)]
    [InlineData("12 * 5 = 60\n#### 60", AnswerFeature.UnusedGivens)]
    [InlineData("12 * 5 = 60, 60 - 3 = 57\n#### 60", AnswerFeature.FinalIsNotLastResult)]
    [InlineData("I'm sorry, but I can't help with that.", AnswerFeature.Refusal)]
    [InlineData("It is unclear, perhaps 57.\n#### 57", AnswerFeature.Hedging)]
    [InlineData("12 * 5 = 60 and then we take away the", AnswerFeature.Truncated)]
    public void Read_FlawedAnswer_ShowsTheFlaw(string answer, AnswerFeature flaw) => Assert.True(Read(answer)[(int)flaw] > 0);

    [Fact]
    public void Read_SoundAnswer_ShowsNoFlaw()
    {
        var features = Read("12 * 5 = <<12*5=60>>60 eggs.\n60 - 3 = <<60-3=57>>57 are whole.\n#### 57");

        AnswerFeature[] flaws =
        [
            AnswerFeature.Empty, AnswerFeature.NoFinalAnswer, AnswerFeature.MalformedFinalAnswer, AnswerFeature.AnyWrongArithmetic,
            AnswerFeature.UnusedGivens, AnswerFeature.InventedNumbers, AnswerFeature.FinalIsNotLastResult, AnswerFeature.Refusal,
            AnswerFeature.Hedging, AnswerFeature.Truncated,
        ];
        Assert.All(flaws, flaw => Assert.Equal(0, features[(int)flaw]));
    }

    [Theory]
    [MemberData(nameof(HostileTexts.Names), MemberType = typeof(HostileTexts))]
    public void Read_HostileText_StaysFromZeroToOne(string name)
    {
        var features = new float[AnswerFeatures.Count];

        AnswerFeatures.Read(HostileTexts.Called(name), HostileTexts.Called(name), features);

        Assert.All(features, value => Assert.InRange(value, 0, 1));
    }

    private static float[] Read(string answer)
    {
        var features = new float[AnswerFeatures.Count];
        AnswerFeatures.Read(Encoding.UTF8.GetBytes(Question), Encoding.UTF8.GetBytes(answer), features);
        return features;
    }
}
