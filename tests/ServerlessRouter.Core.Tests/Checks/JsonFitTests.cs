using System.Text;
using System.Text.Json;
using ServerlessRouter.Checks.Schema;
using Xunit;

namespace ServerlessRouter.Core.Tests.Checks;

public sealed class JsonFitTests
{
    [Theory]
    [InlineData("""{"type":"object"}""", "{}", "[]")]
    [InlineData("""{"type":"array"}""", "[]", "{}")]
    [InlineData("""{"type":"string"}""", "\"x\"", "7")]
    [InlineData("""{"type":"number"}""", "7.5", "\"7\"")]
    [InlineData("""{"type":"integer"}""", "7", "7.5")]
    [InlineData("""{"type":"integer"}""", "7.0", "null")]
    [InlineData("""{"type":"boolean"}""", "true", "0")]
    [InlineData("""{"type":"null"}""", "null", "false")]
    [InlineData("""{"type":["string","null"]}""", "null", "7")]
    [InlineData("""{"enum":["a",{"b":[1]}]}""", "{\"b\":[1]}", "\"b\"")]
    [InlineData("""{"const":3}""", "3", "4")]
    [InlineData("""{"properties":{"a":{"type":"string"}}}""", "{\"a\":\"x\"}", "{\"a\":1}")]
    [InlineData("""{"properties":{"a":{}},"required":["a"]}""", "{\"a\":null}", "{}")]
    [InlineData("""{"properties":{"a":{}},"additionalProperties":false}""", "{\"a\":1}", "{\"b\":1}")]
    [InlineData("""{"additionalProperties":{"type":"integer"}}""", "{\"b\":1}", "{\"b\":\"1\"}")]
    [InlineData("""{"minProperties":1,"maxProperties":2}""", "{\"a\":1}", "{}")]
    [InlineData("""{"items":{"type":"integer"}}""", "[1,2]", "[1,\"2\"]")]
    [InlineData("""{"prefixItems":[{"type":"string"}],"items":{"type":"integer"}}""", "[\"a\",1]", "[1,1]")]
    [InlineData("""{"items":false,"prefixItems":[{}]}""", "[1]", "[1,2]")]
    [InlineData("""{"minItems":1,"maxItems":2}""", "[1,2]", "[1,2,3]")]
    [InlineData("""{"minimum":1,"maximum":2}""", "2", "2.5")]
    [InlineData("""{"exclusiveMinimum":1,"exclusiveMaximum":2}""", "1.5", "1")]
    [InlineData("""{"exclusiveMaximum":2}""", "1.5", "2")]
    [InlineData("""{"multipleOf":0.1}""", "0.3", "0.35")]
    [InlineData("""{"minLength":2,"maxLength":3}""", "\"äöü\"", "\"äöüß\"")]
    [InlineData("""{"maxLength":1}""", "\"\ud83d\ude00\"", "\"ab\"")]
    [InlineData("""{"pattern":"^[a-z]+$"}""", "\"abc\"", "\"ABC\"")]
    [InlineData("""{"format":"date"}""", "\"2026-02-28\"", "\"2026-02-30\"")]
    [InlineData("""{"format":"date-time"}""", "\"2026-02-28T10:00:00Z\"", "\"yesterday\"")]
    [InlineData("""{"format":"time"}""", "\"10:00:00Z\"", "\"25:00:00\"")]
    [InlineData("""{"format":"uuid"}""", "\"8c2b0c8e-4d3f-4a58-9f55-0f6f1b0d2f11\"", "\"8c2b\"")]
    [InlineData("""{"format":"ipv4"}""", "\"10.0.0.1\"", "\"::1\"")]
    [InlineData("""{"format":"ipv6"}""", "\"::1\"", "\"10.0.0.1\"")]
    [InlineData("""{"format":"email"}""", "\"a@b.c\"", "\"@b.c\"")]
    [InlineData("""{"anyOf":[{"type":"string"},{"type":"integer"}]}""", "1", "1.5")]
    [InlineData("""{"oneOf":[{"type":"number"},{"minimum":5}]}""", "1", "7")]
    [InlineData("""{"allOf":[{"type":"number"},{"minimum":5}]}""", "7", "1")]
    [InlineData("""{"$ref":"#/$defs/a~1b","$defs":{"a/b":{"type":"string"}}}""", "\"x\"", "1")]
    [InlineData("""{"type":"object","properties":{"next":{"anyOf":[{"$ref":"#"},{"type":"null"}]}},"required":["next"]}""", "{\"next\":{\"next\":null}}", "{\"next\":{\"next\":7}}")]
    [InlineData("""{"type":"string","made-up":{"whatever":1},"uniqueItems":true}""", "\"x\"", "1")]
    public void Of_Keyword_TellsWhatFits(string schemaJson, string fitting, string other)
    {
        using var schema = JsonDocument.Parse(schemaJson);

        Assert.Null(JsonFit.Of(Encoding.UTF8.GetBytes(fitting), schema.RootElement));
        Assert.StartsWith("does not fit its schema: ", JsonFit.Of(Encoding.UTF8.GetBytes(other), schema.RootElement), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "is no valid JSON")]
    [InlineData("{} {}", "is no valid JSON")]
    [InlineData("```json\n{}\n```", "is no valid JSON")]
    [InlineData("{\"\\ud800\":1}", "has a broken escape in its JSON")]
    public void Of_TextIsNoJson_SaysSo(string text, string complaint)
    {
        using var schema = JsonDocument.Parse("""{"type":"object","properties":{"a":{}},"additionalProperties":false}""");

        Assert.Equal(complaint, JsonFit.Of(Encoding.UTF8.GetBytes(text), schema.RootElement));
    }
}
