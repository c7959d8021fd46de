using ServerlessRouter.Domain;
using Xunit;

namespace ServerlessRouter.Core.Tests.Providers.Anthropic;

/// <summary>Every way to ask for reasoning, on every kind of model.</summary>
public sealed class ThinkingTests
{
    private const string Budget1024 = """{"type":"enabled","budget_tokens":1024}""";
    private const string Summarized = """{"type":"adaptive","display":"summarized"}""";

    [Theory]
    [InlineData(Translation.Sonnet45, """{"reasoning_effort":"none"}""", null, null)]
    [InlineData(Translation.Sonnet45, """{"reasoning_effort":"minimal"}""", Budget1024, null)]
    [InlineData(Translation.Sonnet45, """{"reasoning_effort":"low"}""", Budget1024, null)]
    [InlineData(Translation.Sonnet45, """{"reasoning_effort":"medium"}""", """{"type":"enabled","budget_tokens":2048}""", null)]
    [InlineData(Translation.Sonnet45, """{"reasoning_effort":"high"}""", """{"type":"enabled","budget_tokens":4096}""", null)]
    [InlineData(Translation.Sonnet45, """{"reasoning_effort":"xhigh"}""", """{"type":"enabled","budget_tokens":6144}""", null)]
    [InlineData(Translation.Sonnet45, """{"reasoning_effort":"xhigh","max_tokens":40000}""", """{"type":"enabled","budget_tokens":8192}""", null)]
    [InlineData(Translation.Sonnet45, """{"reasoning_effort":"max","max_tokens":40000}""", """{"type":"enabled","budget_tokens":16384}""", null)]
    [InlineData(Translation.Sonnet45, """{"reasoning":{"max_tokens":3000},"max_tokens":9000}""", """{"type":"enabled","budget_tokens":3000}""", null)]
    [InlineData(Translation.Sonnet45, """{"reasoning":{"max_tokens":3000,"exclude":true},"max_tokens":9000}""", """{"type":"enabled","budget_tokens":3000,"display":"omitted"}""", null)]
    [InlineData(Translation.Sonnet45, """{"reasoning":{"enabled":true}}""", """{"type":"enabled","budget_tokens":4096}""", null)]
    [InlineData(Translation.Sonnet45, """{"reasoning":{"enabled":false,"effort":"high"}}""", null, null)]
    [InlineData(Translation.Sonnet45, """{"thinking":{"type":"enabled","budget_tokens":5000},"max_tokens":20000}""", """{"type":"enabled","budget_tokens":5000}""", null)]
    [InlineData(Translation.Sonnet45, """{"thinking":{"type":"adaptive"},"reasoning_effort":"low"}""", Budget1024, null)]
    [InlineData(Translation.Sonnet45, """{"thinking":{"type":"disabled"}}""", """{"type":"disabled"}""", null)]
    [InlineData("vendor-model", """{"thinking":{"type":"adaptive"},"reasoning_effort":"low"}""", """{"type":"adaptive"}""", """{"effort":"low"}""")]
    [InlineData("claude-opus-4-6", """{"reasoning_effort":"xhigh"}""", """{"type":"adaptive"}""", """{"effort":"high"}""")]
    [InlineData("claude-opus-4-6", """{"thinking":{"type":"enabled","budget_tokens":2000},"max_tokens":9000}""", """{"type":"enabled","budget_tokens":2000}""", null)]
    [InlineData(Translation.Opus48, """{"reasoning_effort":"minimal"}""", Summarized, """{"effort":"low"}""")]
    [InlineData(Translation.Opus48, """{"reasoning_effort":"xhigh"}""", Summarized, """{"effort":"xhigh"}""")]
    [InlineData(Translation.Opus48, """{"reasoning_effort":"none"}""", null, null)]
    [InlineData(Translation.Opus48, """{"reasoning":{"enabled":true,"exclude":true}}""", """{"type":"adaptive","display":"omitted"}""", null)]
    [InlineData(Translation.Opus48, """{"thinking":{"type":"enabled","budget_tokens":2048}}""", Summarized, """{"effort":"medium"}""")]
    [InlineData(Translation.Opus48, """{"thinking":{"type":"adaptive"},"output_config":{"effort":"max"}}""", """{"type":"adaptive"}""", """{"effort":"max"}""")]
    [InlineData(Translation.Opus48, """{"reasoning_effort":"low","output_config":{"effort":"low"}}""", null, """{"effort":"low"}""")]
    [InlineData(Translation.Opus48, """{"verbosity":"low"}""", null, """{"effort":"low"}""")]
    [InlineData("claude-sonnet-5", """{"reasoning_effort":"none"}""", """{"type":"disabled"}""", null)]
    [InlineData("claude-sonnet-5-5", """{"reasoning_effort":"none"}""", """{"type":"between_tools"}""", null)]
    [InlineData("claude-fable-5", """{"reasoning_effort":"none"}""", null, """{"effort":"low"}""")]
    [InlineData("claude-3-5-haiku-20241022", """{"reasoning_effort":"high"}""", null, null)]
    public void Write_Reasoning_IsWhatTheModelTakes(string deployment, string members, string? thinking, string? output)
    {
        var translation = Translation.Of(members, deployment);

        Assert.Equal((thinking, output), (translation.Member("thinking"), translation.Member("output_config")));
    }

    [Theory]
    [InlineData(Translation.Sonnet45, """{"reasoning_effort":"minimal"}""", "reasoning_effort", "\"minimal\" → \"low\"")]
    [InlineData(Translation.Sonnet45, """{"reasoning_effort":"high","max_tokens":3000}""", "thinking.budget_tokens", "4096 → 1500")]
    [InlineData(Translation.Sonnet45, """{"reasoning_effort":"high","max_tokens":1000}""", "reasoning_effort", "\"high\" → null")]
    [InlineData(Translation.Sonnet45, """{"reasoning_effort":"turbo"}""", "reasoning_effort", "\"turbo\" → null")]
    [InlineData(Translation.Sonnet45, """{"reasoning_effort":5}""", "reasoning_effort", "5 → null")]
    [InlineData(Translation.Sonnet45, """{"reasoning":"high"}""", "reasoning", "\"high\" → null")]
    [InlineData(Translation.Sonnet45, """{"verbosity":"low"}""", "verbosity", "\"low\" → null")]
    [InlineData("claude-opus-4-6", """{"reasoning_effort":"xhigh"}""", "reasoning_effort", "\"xhigh\" → \"high\"")]
    [InlineData(Translation.Opus48, """{"thinking":{"type":"enabled","budget_tokens":2048}}""", "thinking.budget_tokens", "\"2048\" → \"medium\"")]
    [InlineData("claude-fable-5", """{"reasoning_effort":"none"}""", "reasoning_effort", "\"none\" → \"low\"")]
    [InlineData("claude-3-5-haiku-20241022", """{"reasoning_effort":"high"}""", "reasoning_effort", "\"high\" → null")]
    [InlineData(Translation.Sonnet45, """{"reasoning_effort":"high","tools":[{"type":"function","function":{"name":"t"}}],"tool_choice":"required"}""", "reasoning_effort", "\"high\" → null")]
    [InlineData(Translation.Sonnet45, """{"reasoning_effort":"high","messages":[{"role":"user","content":"x"},{"role":"assistant","content":"It"}]}""", "reasoning_effort", "\"high\" → null")]
    public void Write_ReasoningThatIsChanged_IsTold(string deployment, string members, string param, string told) =>
        Assert.Equal(told, Translation.Of(members, deployment).ToldOf(param));

    [Theory]
    [InlineData("""{"max_tokens":50}""", "50")]
    [InlineData("""{"max_tokens":50,"max_completion_tokens":40}""", "40")]
    [InlineData("""{}""", "4096")]
    [InlineData("""{"reasoning_effort":"high"}""", "8192")]
    [InlineData("""{"reasoning_effort":"high","max_tokens":2000}""", "2000")]
    public void Write_MaxTokens_IsNeverMoreThanTheCallers(string members, string expected) => Assert.Equal(expected, Translation.Of(members).Member("max_tokens"));

    [Theory]
    [InlineData("claude-3-haiku-20240307", 4096)]
    [InlineData("claude-3-5-sonnet-20241022", 8192)]
    [InlineData("claude-opus-4-1", 32_000)]
    [InlineData("claude-sonnet-4-5", 64_000)]
    [InlineData("claude-opus-4-8", 128_000)]
    public void Write_MaxTokensBeyondTheModels_IsItsOwnAndTold(string deployment, int expected)
    {
        var translation = Translation.Of("""{"max_tokens":900000}""", deployment);

        Assert.Equal(expected, (int)translation.Sent["max_tokens"]!);
        Assert.Equal($"900000 → {expected}", translation.ToldOf("max_tokens"));
    }

    [Fact]
    public void Write_MaxTokensForANameThatSaysNothing_AreTheCallers() => Assert.Equal("900000", Translation.Of("""{"max_tokens":900000}""", "alias").Member("max_tokens"));

    [Fact]
    public void Write_ModelWithoutTheCapability_GetsTheVendorsOwnMemberOnly()
    {
        Assert.Null(Translation.Of("""{"reasoning_effort":"high"}""", capabilities: Capabilities.None).Member("thinking"));
        Assert.NotNull(Translation.Of("""{"thinking":{"type":"enabled","budget_tokens":2000}}""", capabilities: Capabilities.None).Member("thinking"));
    }

    [Theory]
    [InlineData("""{"role":"assistant","tool_calls":[C]}""", false)]
    [InlineData("""{"role":"assistant","reasoning_content":"Hm.","tool_calls":[C]}""", false)]
    [InlineData("""{"role":"assistant","thinking_blocks":[{"type":"thinking","thinking":"Hm.","signature":"s"}],"tool_calls":[C]}""", true)]
    [InlineData("""{"role":"assistant","thinking_blocks":[{"type":"redacted_thinking","data":"d"}],"tool_calls":[C]}""", true)]
    [InlineData("""{"role":"assistant","thinking_blocks":[{"type":"thinking","thinking":"Hm."}],"tool_calls":[C]}""", false)]
    [InlineData("""{"role":"assistant","reasoning_details":[{"type":"reasoning.encrypted","data":"d","format":"anthropic-claude-v1"}],"tool_calls":[C]}""", true)]
    [InlineData("""{"role":"assistant","reasoning_details":[{"type":"reasoning.encrypted","data":"d","format":"openai-responses-v1"}],"tool_calls":[C]}""", false)]
    [InlineData("""{"role":"assistant","content":[{"type":"thinking","thinking":"Hm.","signature":"s"}],"tool_calls":[C]}""", true)]
    public void Write_CallIsAnswered_ThinksOnlyWhereItsThinkingCameBack(string assistant, bool thinks)
    {
        foreach (var behind in new[] { "", """,{"role":"user","content":"And tomorrow?"}""" })
        {
            var members = """{"reasoning_effort":"high","tools":[{"type":"function","function":{"name":"t"}}],"messages":[{"role":"user","content":"x"},A,{"role":"tool","tool_call_id":"c","content":"4"}B]}"""
                .Replace("A", assistant, StringComparison.Ordinal).Replace("B]", $"{behind}]", StringComparison.Ordinal).Replace("[C]", """[{"id":"c","type":"function","function":{"name":"t","arguments":"{}"}}]""", StringComparison.Ordinal);

            Assert.Equal(thinks, Translation.Of(members).Member("thinking") is not null);
        }
    }

    [Theory]
    [InlineData(Translation.Opus48, """ "reasoning_effort":"high" """, true)]
    [InlineData("claude-sonnet-4-6", """ "reasoning_effort":"high" """, true)]
    [InlineData("claude-sonnet-4-6", """ "thinking":{"type":"enabled","budget_tokens":2048} """, false)]
    [InlineData("alias", """ "thinking":{"type":"adaptive"} """, false)]
    public void Write_CallWithoutItsThinkingIsAnswered_ThinksOnWhereTheModelThinksAdaptively(string deployment, string member, bool thinks)
    {
        var members = $$$$$"""{{{{{{member}}}}},"tools":[{"type":"function","function":{"name":"t"}}],"messages":[{"role":"user","content":"x"},{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"t","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c","content":"4"}]}""";

        Assert.Equal(thinks, Translation.Of(members, deployment).Member("thinking") is not null);
    }

    [Fact]
    public void Write_CallsBeforeTheUsersOwnWords_DoNotHinderThinking()
    {
        var call = """{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"t","arguments":"{}"}}]}""";

        var translation = Translation.Of($$$$$"""{"reasoning_effort":"high","messages":[{"role":"user","content":"x"},{{{{{call}}}}},{"role":"tool","tool_call_id":"c","content":"4"},{"role":"assistant","content":"Cold."},{"role":"user","content":"And?"}]}""");

        Assert.NotNull(translation.Member("thinking"));
    }
}
