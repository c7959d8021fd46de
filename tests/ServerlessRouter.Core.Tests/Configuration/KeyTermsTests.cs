using Xunit;

namespace ServerlessRouter.Core.Tests.Configuration;

/// <summary>What a configuration says of the holder of a key.</summary>
public sealed class KeyTermsTests
{
    [Fact]
    public async Task Accepts_EverythingThatAKeyMayBeGiven()
    {
        var router = await new ConfigurationDraft().Set("keys.team-a.routes", """["auto"]""").Set("keys.team-a.expires", "\"2027-06-30T02:00:00+02:00\"")
            .Set("keys.team-a.tags", """{"team":"search","cost center":"4711"}""").Set("keys.team-a.disabled", "true").AcceptAsync();

        var caller = Assert.Single(router.CallersByKeyHash.Values);
        Assert.True(caller.Allows("auto"));
        Assert.False(caller.Allows("large"), "its tier may ask for it, and the key may not");
        Assert.Equal(new DateTimeOffset(2027, 6, 30, 0, 0, 0, TimeSpan.Zero), caller.ExpiresAt);
        Assert.Equal(("search", "4711", true), (caller.Tags["team"], caller.Tags["cost center"], caller.IsDisabled));
    }

    [Fact]
    public async Task Accepts_KeyThatSaysNothing_AsAllThatItsTierMay()
    {
        var caller = Assert.Single((await new ConfigurationDraft().AcceptAsync()).CallersByKeyHash.Values);

        Assert.True(caller.Allows("large"));
        Assert.Equal((null, null, false, 0), (caller.Allowed, caller.ExpiresAt, caller.IsDisabled, caller.Tags.Count));
    }

    [Theory]
    [InlineData("routes", "[]", "routes", "is empty, so the key may ask for nothing")]
    [InlineData("routes", """["auto","atuo"]""", "routes[1]", "did you mean \"auto\"?")]
    [InlineData("routes", """["mini"]""", "routes[0]", "which the tier \"pro\" may not ask for, and a key never allows more than its tier")]
    [InlineData("expires", "\"tomorrow\"", "expires", "must be a day such as 2027-06-30")]
    [InlineData("expires", "\"2027-13-01\"", "expires", "must be a day such as 2027-06-30")]
    [InlineData("expires", "1893456000", "expires", "must be a text")]
    [InlineData("tags", """{"a=b":"c"}""", "tags", "that is no name of a tag")]
    [InlineData("tags", """{"team":"a\nb"}""", "tags.team", "none of them a control character")]
    [InlineData("tags", """{"key":"sk-s3cret-of-a-vendor"}""", "tags.key", "looks like a secret")]
    [InlineData("disabled", "\"yes\"", "disabled", "must be true or false")]
    public async Task Rejects_TermsThatCannotBe(string member, string json, string path, string message) =>
        await new ConfigurationDraft().Set($"keys.team-a.{member}", json).RejectAsync($"keys.team-a.{path}", message);

    [Fact]
    public async Task Rejects_MoreTagsThanAKeyMayHave()
    {
        var tags = string.Join(",", Enumerable.Range(0, 17).Select(static place => $"\"t{place}\":\"v\""));

        await new ConfigurationDraft().Set("keys.team-a.tags", $"{{{tags}}}").RejectAsync("keys.team-a.tags", "has 17 tags, but may have 16");
    }
}
