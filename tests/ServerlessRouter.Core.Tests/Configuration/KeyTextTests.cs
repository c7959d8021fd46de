using Xunit;

namespace ServerlessRouter.Core.Tests.Configuration;

/// <summary>What stands in a variable and cannot be a key is refused with the variable's name and the reason, and never repeated.</summary>
public class KeyTextTests
{
    [Theory]
    [InlineData("\"sk-s3cret-value-0001\"", "has quotes around its value")]
    [InlineData("'sk-s3cret-value-0001'", "has quotes around its value")]
    [InlineData("\u201Csk-s3cret-value-0001\u201D", "has quotes around its value")]
    [InlineData("\"sk-s3cret-value-0001", "begins with a quote")]
    [InlineData("sk-s3cret-value-0001'", "ends with a quote")]
    [InlineData("sk-s3cret-value-0001\n", "ends with a line end")]
    [InlineData("sk-s3cret-value-0001\r\n", "ends with a line end")]
    [InlineData("sk-s3cret\nsk-another-0001", "has a line end inside")]
    [InlineData(" sk-s3cret-value-0001", "has white space around its value")]
    [InlineData("sk-s3cret-value-0001\t", "has white space around its value")]
    [InlineData("sk-s3cret value 0001", "has white space inside")]
    [InlineData("sk-s3cret\u00A0value", "has white space inside")]
    [InlineData("sk-s3cret\u0001value", "has a control character inside")]
    [InlineData("sk-s3cret\u2026value", "has a character outside ASCII")]
    [InlineData("sk-s3cret\u200Bvalue", "has a character outside ASCII")]
    [InlineData("sk-s3cr\u00E9t-value", "has a character outside ASCII")]
    [InlineData("Bearer sk-s3cret-value-0001", "begins with 'Bearer'")]
    [InlineData("VENDOR_KEY=sk-s3cret-value-0001", "repeats its own name")]
    [InlineData(" ", "is blank")]
    [InlineData("\n", "is blank")]
    [InlineData("", "is empty")]
    public async Task Rejects_Secret_ThatCannotBeAKey(string value, string complaint)
    {
        var result = await new ConfigurationDraft().LoadAsync(("VENDOR_KEY", value));

        var error = Assert.Single(result.Errors);
        Assert.Equal("providers.vendor.credential", error.Path);
        Assert.StartsWith($"the environment variable VENDOR_KEY {complaint}", error.Message, StringComparison.Ordinal);
        ConfigurationDraft.AssertNoSecret(error);
    }

    [Theory]
    [InlineData("sk-proj-abc_DEF-123.456~")]
    [InlineData("a\"b'c`d")]
    [InlineData("bearer-of-news-0123456789")]
    public async Task Accepts_Secret_ThatCanBeAKey(string value) => Assert.Empty((await new ConfigurationDraft().LoadAsync(("VENDOR_KEY", value))).Errors);
}
