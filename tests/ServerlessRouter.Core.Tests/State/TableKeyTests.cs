using ServerlessRouter.State;
using Xunit;

namespace ServerlessRouter.Core.Tests.State;

public sealed class TableKeyTests
{
    [Theory]
    [InlineData("gpt-mini", "gpt-mini")]
    [InlineData("org/model", "org~002Fmodel")]
    [InlineData("~", "~007E")]
    [InlineData("100%+\t", "100~0025~002B~0009")]
    [InlineData("", "")]
    public void Encode_Text_EscapesWhatKeysForbidAndDecodesBack(string text, string key)
    {
        Assert.Equal(key, TableKey.Encode(text));
        Assert.Equal(text, TableKey.Decode(key));
    }

    [Theory]
    [InlineData("~")]
    [InlineData("a~002")]
    [InlineData("~00G0x")]
    public void Decode_NotAnEncodedKey_SaysWhere(string key) =>
        Assert.Contains("four hex digits", Assert.Throws<FormatException>(() => TableKey.Decode(key)).Message, StringComparison.Ordinal);
}
