using System.Buffers;
using System.Text;
using System.Text.Json;
using ServerlessRouter.Chat;
using Xunit;

namespace ServerlessRouter.Core.Tests.Chat;

public sealed class RequestAdjustmentsTests
{
    [Fact]
    public void WriteTo_Nothing_WritesNothing() => Assert.Equal("{}", Written(new RequestAdjustments()));

    [Fact]
    public void WriteTo_ChangesAndKinds_AreInTheirOrderAndKindsOnlyOnce()
    {
        var adjustments = new RequestAdjustments();
        adjustments.Drop("seed"u8, "7"u8);
        adjustments.Cap("temperature"u8, "2"u8, "1"u8);
        adjustments.Add("reasoning_effort", RequestAdjustments.Text("minimal"), RequestAdjustments.Text("low"));
        adjustments.Strip("reasoning");
        adjustments.Strip("images");
        adjustments.Strip("reasoning");

        Assert.Equal(
            """{"adjusted":[{"param":"seed","from":7,"to":null},{"param":"temperature","from":2,"to":1},{"param":"reasoning_effort","from":"minimal","to":"low"}],"stripped":["reasoning","images"]}""",
            Written(adjustments));
    }

    [Theory]
    [InlineData("""{"a":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}""", "(object)")]
    [InlineData("""["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"]""", "(array)")]
    [InlineData("\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"", "(text of 81 characters)")]
    public void WriteTo_LongValue_IsDescribed(string value, string expected)
    {
        var adjustments = new RequestAdjustments();
        adjustments.Drop("x"u8, Encoding.UTF8.GetBytes(value));

        Assert.Equal($$"""{"adjusted":[{"param":"x","from":"{{expected}}","to":null}]}""", Written(adjustments));
    }

    [Fact]
    public void WriteTo_MoreThanAreToldOneByOne_TheRestIsCounted()
    {
        var adjustments = new RequestAdjustments();
        for (var place = 0; place < RequestAdjustments.MaxEntries + 3; place++)
            adjustments.Add($"p{place}", null, null);

        using var document = JsonDocument.Parse(Written(adjustments));
        Assert.Equal(RequestAdjustments.MaxEntries, document.RootElement.GetProperty("adjusted").GetArrayLength());
        Assert.Equal(3, document.RootElement.GetProperty("adjusted_further").GetInt32());
    }

    private static string Written(RequestAdjustments adjustments)
    {
        var output = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(output);
        writer.WriteStartObject();
        adjustments.WriteTo(writer);
        writer.WriteEndObject();
        writer.Flush();
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
