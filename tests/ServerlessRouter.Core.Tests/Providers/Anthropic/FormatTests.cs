using Xunit;

namespace ServerlessRouter.Core.Tests.Providers.Anthropic;

/// <summary>What becomes of <c>response_format</c>.</summary>
public sealed class FormatTests
{
    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer","minimum":0,"maximum":150},"b":{"type":"string","description":"Town","maxLength":40,"format":"email"}},"required":["a"]}""",
        """{"type":"object","properties":{"a":{"type":"integer","description":"{minimum: 0, maximum: 150}"},"b":{"type":"string","format":"email","description":"Town\n\n{maxLength: 40}"}},"required":["a"],"additionalProperties":false}""")]
    [InlineData("""{"properties":{"a":{"type":"array","items":{"type":"object","properties":{"b":{"type":"string","pattern":"x"}}},"minItems":3},"c":{"type":"array","items":{"type":"string"},"minItems":1}},"additionalProperties":true}""",
        """{"type":"object","properties":{"a":{"type":"array","items":{"type":"object","properties":{"b":{"type":"string","description":"{pattern: \u0022x\u0022}"}},"additionalProperties":false},"description":"{minItems: 3}"},"c":{"type":"array","items":{"type":"string"},"minItems":1}},"additionalProperties":false}""")]
    [InlineData("""{"type":"object","properties":{"a":{"oneOf":[{"type":"string"},{"type":"null"}]},"b":{"type":["string","null"]},"c":{"type":"string","nullable":true},"d":{"enum":["x","y"]},"e":{"const":1}}}""",
        """{"type":"object","properties":{"a":{"anyOf":[{"type":"string"},{"type":"null"}]},"b":{"type":["string","null"]},"c":{"type":["string","null"]},"d":{"type":"string","enum":["x","y"]},"e":{"type":"number","const":1}},"additionalProperties":false}""")]
    [InlineData("""{"type":["OBJECT","NULL"],"properties":{"a":{"type":"STRING","enum":["x"],"nullable":true}}}""",
        """{"type":["object","null"],"properties":{"a":{"type":["string","null"],"enum":["x",null]}},"additionalProperties":false}""")]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"#/$defs/A"},"b":{"allOf":[{"$ref":"#/$defs/A"}]}},"required":["a","z"],"$defs":{"A":{"type":"object","properties":{"x":{"type":"number","multipleOf":2}}},"Unused":{}}}""",
        """{"type":"object","properties":{"a":{"$ref":"#/$defs/A"},"b":{"allOf":[{"$ref":"#/$defs/A"}]}},"required":["a"],"additionalProperties":false,"$defs":{"A":{"type":"object","properties":{"x":{"type":"number","description":"{multipleOf: 2}"}},"additionalProperties":false}}}""")]
    public void Write_Schema_KeepsToWhatTheVendorHoldsAnAnswerTo(string schema, string expected) =>
        Assert.Equal($$$$$"""{"type":"json_schema","schema":{{{{{expected}}}}}}""", Translation.Of($$$$$"""{"response_format":{"type":"json_schema","json_schema":{"name":"n","strict":true,"schema":{{{{{schema}}}}}}}}""").Member("output_config.format"));

    [Theory]
    [InlineData("""{"type":"object","additionalProperties":{"type":"string"}}""")]
    [InlineData("""{"type":"object"}""")]
    [InlineData("""{"type":"object","properties":{"a":{}}}""")]
    [InlineData("""{"type":"object","properties":{"a":true}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"any"}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"#"}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"https://x.test/a"}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"#/$defs/A"}},"$defs":{"A":{"type":"object","properties":{"b":{"$ref":"#/$defs/A"}}}}}""")]
    public void Write_SchemaTheVendorCannotHoldAnAnswerTo_IsRefusedWhereStrictAndElseAskedForInWords(string schema)
    {
        var strict = Translation.Of($$$$$"""{"response_format":{"type":"json_schema","json_schema":{"name":"n","strict":true,"schema":{{{{{schema}}}}}}}}""");
        var loose = Translation.Of($$$$$"""{"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{{{{{schema}}}}}}}}""");

        Assert.Equal("response_format.json_schema.schema", strict.RefusedParam);
        Assert.Null(loose.RefusedParam);
        Assert.Null(loose.Member("output_config"));
        Assert.EndsWith(schema, (string)loose.Sent["system"]![0]!["text"]!, StringComparison.Ordinal);
        Assert.StartsWith("\"json_schema\" → ", loose.ToldOf("response_format.json_schema.schema"), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_SchemaBeyondTheVendorsLimits_IsRefusedWhereStrictAndElseAskedForInWords()
    {
        var schema = $$$$$"""{"type":"object","properties":{{{{{{string.Join(',', Enumerable.Range(0, 25).Select(number => $"\"p{number}\":{{\"type\":\"string\"}}"))}}}}}}}""";

        Assert.Equal("response_format.json_schema.schema", Translation.Of($$$$$"""{"response_format":{"type":"json_schema","json_schema":{"name":"n","strict":true,"schema":{{{{{schema}}}}}}}}""").RefusedParam);
        Assert.EndsWith(schema, (string)Translation.Of($$$$$"""{"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{{{{{schema}}}}}}}}""").Sent["system"]![0]!["text"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type":"json_object"}""")]
    [InlineData("""{"type":"json_schema","json_schema":{"name":"n"}}""")]
    [InlineData("""{"type":"json_schema","json_schema":{"name":"n","schema":{}}}""")]
    public void Write_JsonWithoutASchema_IsAskedForInWordsAndTold(string format)
    {
        var translation = Translation.Of($$$$$"""{"response_format":{{{{{format}}}}}}""");

        Assert.Equal("""[{"type":"text","text":"Answer with one JSON object and nothing else."}]""", translation.Member("system"));
        Assert.NotNull(translation.ToldOf("response_format"));
    }

    [Fact]
    public void Write_Text_ChangesNothing() => Assert.Equal("{}", Translation.Of("""{"response_format":{"type":"text"}}""").Told.ToJsonString());

    [Fact]
    public void Write_AnotherFormat_IsRefused() => Assert.Equal("response_format.type", Translation.Of("""{"response_format":{"type":"grammar"}}""").RefusedParam);

    [Fact]
    public void Write_SchemaForAModelThatTakesNone_IsAskedForInWords() =>
        Assert.Null(Translation.Of("""{"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object","properties":{"a":{"type":"string"}}}}}}""", "claude-3-5-haiku").Member("output_config"));

    [Fact]
    public void Write_ConstraintThatIsLeftOut_IsTold() =>
        Assert.Equal("150 → null", Translation.Of("""{"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object","properties":{"a":{"type":"integer","maximum":150}}}}}}""")
            .ToldOf("response_format.json_schema.schema.a.maximum"));

    [Fact]
    public void Write_OwnOutputConfig_WinsAndTheRestGoesBesideIt() =>
        Assert.Equal("""{"effort":"max","format":{"type":"json_schema","schema":{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false}}}""",
            Translation.Of("""{"output_config":{"effort":"max"},"reasoning_effort":"low","response_format":{"type":"json_schema","json_schema":{"schema":{"type":"object","properties":{"a":{"type":"string"}}}}}}""", Translation.Opus48).Member("output_config"));
}
