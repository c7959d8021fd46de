using ServerlessRouter.State;
using Xunit;

namespace ServerlessRouter.Core.Tests.State;

public sealed class TableKeyRangeTests
{
    [Theory]
    [InlineData("ab", true)]
    [InlineData("ab\uFFFF", true)]
    [InlineData("abz", true)]
    [InlineData("aa", false)]
    [InlineData("ac", false)]
    [InlineData("a", false)]
    public void Prefix_Key_ContainsOnlyWhatBeginsWithIt(string key, bool contained) =>
        Assert.Equal(contained, TableKeyRange.Prefix("ab").Contains(key));

    [Fact]
    public void Prefix_Empty_ContainsEverything() => Assert.Equal(TableKeyRange.All, TableKeyRange.Prefix(""));

    [Fact]
    public void Prefix_WithoutANextKey_IsRefused() =>
        Assert.Contains("U+D7FF", Assert.Throws<ArgumentException>(() => TableKeyRange.Prefix("a\uD7FF")).Message, StringComparison.Ordinal);
}
