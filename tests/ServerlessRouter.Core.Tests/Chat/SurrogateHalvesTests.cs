using System.Text;
using ServerlessRouter.Json;
using Xunit;

namespace ServerlessRouter.Core.Tests.Chat;

public sealed class SurrogateHalvesTests
{
    [Theory]
    [InlineData("""{"a":"\ud83d"}""", """{"a":"\ufffd"}""")]
    [InlineData("""{"a":"\ude00x"}""", """{"a":"\ufffdx"}""")]
    [InlineData("""{"a":"\uD83D\uD83D\uDE00"}""", """{"a":"\ufffd\uD83D\uDE00"}""")]
    [InlineData("""{"\udfff":"\ud83d\n"}""", """{"\ufffd":"\ufffd\n"}""")]
    public void Mend_Half_IsReplacedInPlace(string json, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(json);

        Assert.True(SurrogateHalves.Mend(bytes));
        Assert.Equal(expected, Encoding.UTF8.GetString(bytes));
    }

    [Theory]
    [InlineData("")]
    [InlineData("""{"a":"b"}""")]
    [InlineData("""{"a":"\ud83d\ude00"}""")]
    [InlineData("""{"a":"\\ud83d"}""")]
    [InlineData("""{"a":"\u00e9 \ud7ff \ue000"}""")]
    [InlineData("\\")]
    [InlineData("\\ud8")]
    public void Mend_NoHalf_ChangesNothing(string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json);

        Assert.False(SurrogateHalves.Mend(bytes));
        Assert.Equal(json, Encoding.UTF8.GetString(bytes));
    }
}
