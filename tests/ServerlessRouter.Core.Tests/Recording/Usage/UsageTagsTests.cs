using System.Collections.Frozen;
using ServerlessRouter.Recording.Usage;
using Xunit;

namespace ServerlessRouter.Core.Tests.Recording.Usage;

/// <summary>Tags of a key as one text.</summary>
public sealed class UsageTagsTests
{
    private static readonly string Tags = UsageTags.Write(new Dictionary<string, string> { ["team"] = "search", ["env"] = "prod", ["team 2"] = "a, b" }.ToFrozenDictionary())!;

    [Fact]
    public void Write_TheSameTagsInAnyOrder_IsTheSame() =>
        Assert.Equal(Tags, UsageTags.Write(new Dictionary<string, string> { ["team 2"] = "a, b", ["env"] = "prod", ["team"] = "search" }.ToFrozenDictionary()));

    [Theory, InlineData("team", "search"), InlineData("env", "prod"), InlineData("team 2", "a, b"), InlineData("tea", null), InlineData("other", null)]
    public void ValueOf_AName_IsItsValueOrNone(string name, string? value) => Assert.Equal(value, UsageTags.ValueOf(Tags, name));

    [Fact]
    public void ValueOf_NoTags_IsNone() => Assert.Null(UsageTags.ValueOf(null, "team"));

    [Theory, InlineData("team", "team=search"), InlineData("other", null)]
    public void Only_SomeNames_LeavesThose(string name, string? expected) => Assert.Equal(expected, UsageTags.Only(Tags, [name]));
}
