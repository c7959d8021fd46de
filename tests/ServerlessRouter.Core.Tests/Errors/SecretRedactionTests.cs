using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ServerlessRouter.Errors;
using Xunit;

namespace ServerlessRouter.Core.Tests.Errors;

public sealed class SecretRedactionTests
{
    private const string Secret = "sk-live/SECRET+123&more=x9";

    public static TheoryData<string> Encoded => new()
    {
        Secret,
        $"Unsupported header: Bearer {Secret}",
        Secret.ToUpperInvariant(),
        Secret[..12],
        Secret[10..],
        $"...{Secret[5..14]}...",
        Uri.EscapeDataString(Secret),
        Uri.EscapeDataString(Uri.EscapeDataString(Secret)),
        string.Concat(Secret.Select(letter => $"%{(int)letter:X2}")),
        Secret.Replace("/", "\\/", StringComparison.Ordinal),
        string.Concat(Secret.Select(letter => $"\\u{(int)letter:x4}")),
        string.Concat(Secret.Select(letter => $"&#{(int)letter};")),
        string.Concat(Secret.Select(letter => $"&#x{(int)letter:x};")),
        Secret.Replace("&", "&amp;", StringComparison.Ordinal),
        JsonSerializer.Serialize(JsonSerializer.Serialize(new { authorization = "Bearer " + Secret })),
        Base64(Secret),
        Base64("Bearer " + Secret),
        Base64("user:" + Secret),
        Base64(":" + Secret),
        "Basic " + Base64("u:" + Secret).TrimEnd('='),
        Base64(Secret).Replace('+', '-').Replace('/', '_').TrimEnd('='),
        Uri.EscapeDataString(Base64(Secret)),
        Convert.ToHexString(Encoding.UTF8.GetBytes(Secret)),
        Convert.ToHexStringLower(Encoding.UTF8.GetBytes("Bearer " + Secret)),
        Convert.ToHexString(Encoding.Unicode.GetBytes(Secret)),
        Convert.ToHexStringLower(Encoding.BigEndianUnicode.GetBytes("Bearer " + Secret)),
        Convert.ToBase64String(Encoding.Unicode.GetBytes(Secret)),
        Reversed(Secret),
        Base64(Reversed(Secret)),
        Uri.EscapeDataString(Reversed(Secret)),
    };

    public static TheoryData<string> Separated => new()
    {
        string.Join(' ', Secret.ToCharArray()),
        string.Join('-', Secret.ToCharArray()),
        string.Join('\n', Secret.ToCharArray()),
        string.Join(", ", Secret.ToCharArray()),
        string.Join('\u200B', Secret.ToCharArray()),
        string.Join('\0', Secret.ToCharArray()),
        string.Join("&nbsp;", Secret.ToCharArray()),
        string.Join("%20", Secret.ToCharArray()),
        string.Join("\\n", Secret.ToCharArray()),
        string.Join(' ', Secret.Chunk(4).Select(static chunk => new string(chunk))),
        string.Join(' ', Reversed(Secret).ToCharArray()),
        string.Join(' ', Encoding.UTF8.GetBytes(Secret).Select(static octet => $"{octet:x2}")),
        string.Join(':', Encoding.UTF8.GetBytes(Secret).Select(static octet => $"{octet:X2}")),
        string.Join(' ', Encoding.Unicode.GetBytes(Secret).Select(static octet => $"{octet:x2}")),
        string.Join(' ', Secret.Select(static letter => $"{(int)letter:x4}")),
    };

    [Theory, MemberData(nameof(Encoded))]
    public void OfJson_SecretInAnyEncoding_IsGone(string written)
    {
        var redacted = Redact($"in front {written} behind");

        Assert.Contains(SecretRedaction.Mark, redacted, StringComparison.Ordinal);
        Assert.StartsWith("in front ", redacted, StringComparison.Ordinal);
        Assert.EndsWith(" behind", redacted, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", Uri.UnescapeDataString(redacted), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Reversed("SECRET"), Uri.UnescapeDataString(redacted), StringComparison.OrdinalIgnoreCase);
        Assert.True(redacted.Length < 80, redacted);
    }

    [Theory, MemberData(nameof(Separated))]
    public void OfJson_SecretWithSomethingBetweenItsCharacters_IsGone(string written) =>
        Assert.Equal($"the key {SecretRedaction.Mark} was refused", Redact($"the key {written} was refused"));

    [Theory]
    [InlineData("Incorrect key: sk-li***=x9.")]
    [InlineData("Incorrect key: sk***.")]
    [InlineData("Incorrect key: ****ore=x9")]
    [InlineData("Incorrect key: sk-live…x9")]
    [InlineData("Incorrect key: sk-live...more")]
    [InlineData("Incorrect key: sk-liveXXXXXXXX")]
    [InlineData("Incorrect key: sk-••••••••")]
    public void OfJson_SecretIsMasked_IsGoneToo(string text) => Assert.StartsWith("Incorrect key: " + SecretRedaction.Mark, Redact(text), StringComparison.Ordinal);

    [Theory]
    [InlineData("Nothing to hide here... or is there? 2 * 3 ** 4")]
    [InlineData("aGVsbG8gd29ybGQsIGhvdyBhcmUgeW91 is base64 of a greeting, 100% sure & \\\"quoted\\\"")]
    [InlineData("The id 0123456789abcdef0123456789abcdef was not found")]
    [InlineData("Ask the skipper: sk is short")]
    [InlineData("A bead, a facade and a decade faded: 00 73 00 6b 00 2d are the digits of three letters")]
    [InlineData("It may live: a secret of more letters, 123 in all")]
    public void OfJson_NoSecret_IsTheSameMemory(string text)
    {
        ReadOnlyMemory<byte> json = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new { error = new { message = text } }));

        Assert.True(json.Equals(SecretRedaction.OfJson(json, [Secret])));
    }

    [Fact]
    public void OfJson_ShortSecret_IsTakenOutWhereItStandsAlone()
    {
        Assert.Equal($"key {SecretRedaction.Mark}!", Redact("key ollam!", "ollam"));
        Assert.Equal("ollama is a server", Redact("ollama is a server", "ollam"));
        Assert.Equal("key abc!", Redact("key abc!", "abc"));
    }

    [Fact]
    public void OfJson_TokenOfAnIdentity_IsGoneForAnyIdentity() =>
        Assert.Equal($"Bearer {SecretRedaction.Mark} is old", Redact("Bearer eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJhenVyZSJ9.c2lnbmF0dXJl is old", "none-of-this"));

    [Fact]
    public void OfJson_NamesAndNestedValues_AreRedacted()
    {
        var redacted = Encoding.UTF8.GetString(SecretRedaction.OfJson(
            Encoding.UTF8.GetBytes("""{"error":{"message":"no","sk-live-12345":[{"a":"sk-live-12345"},7,null,true]}}"""), ["sk-live-12345"]).Span);

        Assert.Equal("""{"error":{"message":"no","[redacted]":[{"a":"[redacted]"},7,null,true]}}""", redacted);
    }

    [Fact]
    public void OfJson_TextThatIsNoDocument_IsRedactedAsText() =>
        Assert.Equal($"half {{\"a\": {SecretRedaction.Mark}", Encoding.UTF8.GetString(SecretRedaction.OfJson(Encoding.UTF8.GetBytes("half {\"a\": sk-live-12345"), ["sk-live-12345"]).Span));

    [Fact]
    public void OfJson_LargeHostileText_EndsSoon()
    {
        var text = string.Concat(Enumerable.Repeat("%25%2525\\\\\\u0025****....xxxx&#37;QUJD", 1500));

        Assert.NotNull(Redact(text));
    }

    private static string Reversed(string text) => string.Concat(text.Reverse());

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Redact(string text, string secret = Secret)
    {
        var json = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new { error = new { message = text } }));
        return (string)JsonNode.Parse(SecretRedaction.OfJson(json, [secret]).Span)!["error"]!["message"]!;
    }
}
