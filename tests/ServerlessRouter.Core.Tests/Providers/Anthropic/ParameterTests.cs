using ServerlessRouter.Providers.Anthropic;
using Xunit;

namespace ServerlessRouter.Core.Tests.Providers.Anthropic;

/// <summary>What becomes of every other member of a request.</summary>
public sealed class ParameterTests
{
    [Theory]
    [InlineData("""{"temperature":0.3}""", "temperature", "0.3")]
    [InlineData("""{"temperature":1.7}""", "temperature", "1")]
    [InlineData("""{"top_p":0.5}""", "top_p", "0.5")]
    [InlineData("""{"top_k":40}""", "top_k", "40")]
    [InlineData("""{"stop":"END"}""", "stop_sequences", """["END"]""")]
    [InlineData("""{"stop":["END"," ",5]}""", "stop_sequences", """["END"]""")]
    [InlineData("""{"stop":["\n\n"]}""", "stop_sequences", null)]
    [InlineData("""{"stop_sequences":["END"]}""", "stop_sequences", """["END"]""")]
    [InlineData("""{"stream":true}""", "stream", "true")]
    [InlineData("""{"user":"u1"}""", "metadata", """{"user_id":"u1"}""")]
    [InlineData("""{"safety_identifier":"u2"}""", "metadata", """{"user_id":"u2"}""")]
    [InlineData("""{"metadata":{"user_id":"u3"}}""", "metadata", """{"user_id":"u3"}""")]
    [InlineData("""{"user":"john@example.com","metadata":{"user_id":"u3"}}""", "metadata", """{"user_id":"u3"}""")]
    [InlineData("""{"user":"@john"}""", "metadata", """{"user_id":"@john"}""")]
    [InlineData("""{"user":"4915112345678"}""", "metadata", """{"user_id":"4915112345678"}""")]
    [InlineData("""{"cache_control":{"type":"ephemeral","ttl":"1h"}}""", "cache_control", """{"type":"ephemeral","ttl":"1h"}""")]
    [InlineData("""{"service_tier":"auto"}""", "service_tier", "\"auto\"")]
    [InlineData("""{"service_tier":"default"}""", "service_tier", "\"standard_only\"")]
    [InlineData("""{"service_tier":"flex"}""", "service_tier", null)]
    [InlineData("""{"container":"c1"}""", "container", "\"c1\"")]
    [InlineData("""{"inference_geo":"us"}""", "inference_geo", "\"us\"")]
    [InlineData("""{"context_management":{"edits":[]}}""", "context_management", """{"edits":[]}""")]
    [InlineData("""{"n":1,"modalities":["text"]}""", "n", null)]
    public void Write_Member_BecomesTheVendors(string members, string member, string? expected)
    {
        var translation = Translation.Of(members);

        Assert.Null(translation.RefusedParam);
        Assert.Equal(expected, translation.Member(member));
    }

    [Theory]
    [InlineData("""{"temperature":1.7}""", "temperature", "1.7 → 1")]
    [InlineData("""{"temperature":0.3,"top_p":0.5}""", "top_p", "0.5 → null")]
    [InlineData("""{"temperature":"hot"}""", "temperature", "\"hot\" → null")]
    [InlineData("""{"reasoning_effort":"high","temperature":0.3}""", "temperature", "0.3 → null")]
    [InlineData("""{"reasoning_effort":"high","top_k":3}""", "top_k", "3 → null")]
    [InlineData("""{"stop":["\n"]}""", "stop", "\"\\n\" → null")]
    [InlineData("""{"user":"john@example.com"}""", "user", "\"john@example.com\" → null")]
    [InlineData("""{"user":"John Doe <john.doe@mail.example.org>"}""", "user", "\"John Doe \\u003Cjohn.doe@mail.example.org\\u003E\" → null")]
    [InlineData("""{"safety_identifier":"+49 (151) 1234-5678"}""", "safety_identifier", "\"\\u002B49 (151) 1234-5678\" → null")]
    [InlineData("""{"metadata":{"user_id":"a@b.de"}}""", "metadata.user_id", "\"a@b.de\" → null")]
    [InlineData("""{"user":42}""", "user", "42 → null")]
    [InlineData("""{"stop":5}""", "stop", "5 → null")]
    [InlineData("""{"cache_control":true}""", "cache_control", "true → null")]
    [InlineData("""{"service_tier":"flex"}""", "service_tier", "\"flex\" → null")]
    [InlineData("""{"seed":0}""", "seed", "0 → null")]
    [InlineData("""{"frequency_penalty":0.5}""", "frequency_penalty", "0.5 → null")]
    [InlineData("""{"presence_penalty":-1}""", "presence_penalty", "-1 → null")]
    [InlineData("""{"logit_bias":{"5":1}}""", "logit_bias", """{"5":1} → null""")]
    [InlineData("""{"logprobs":true}""", "logprobs", "true → null")]
    [InlineData("""{"top_logprobs":3}""", "top_logprobs", "3 → null")]
    [InlineData("""{"store":true}""", "store", "true → null")]
    [InlineData("""{"metadata":{"a":"b"}}""", "metadata", """{"a":"b"} → null""")]
    [InlineData("""{"prediction":{"type":"content","content":"x"}}""", "prediction", """{"type":"content","content":"x"} → null""")]
    [InlineData("""{"min_p":0.1}""", "min_p", "0.1 → null")]
    [InlineData("""{"plugins":[{"id":"web"}]}""", "plugins", """[{"id":"web"}] → null""")]
    [InlineData("""{"something_new":1}""", "something_new", "1 → null")]
    public void Write_MemberThatIsLeftOutOrChanged_IsTold(string members, string param, string told) => Assert.Equal(told, Translation.Of(members).ToldOf(param));

    [Fact]
    public void Write_UserOfMoreCharactersThanTheVendorTakes_IsLeftOut() => Assert.Null(Translation.Of($$"""{"user":"{{new string('u', 257)}}"}""").Member("metadata"));

    [Theory]
    [InlineData("""{"frequency_penalty":0,"presence_penalty":0,"logprobs":false,"store":false,"logit_bias":{},"n":1,"temperature":1,"top_p":1,"seed":null,"repetition_penalty":1.0,"prompt_cache_key":"k"}""")]
    [InlineData("""{"stream":true,"stream_options":{"include_usage":true},"tools":[],"parallel_tool_calls":true}""")]
    public void Write_MemberThatAsksForWhatIsSoAnyway_IsNotTold(string members) => Assert.Equal("{}", Translation.Of(members, Translation.Opus48).Told.ToJsonString());

    [Theory]
    [InlineData("""{"temperature":0.3,"top_p":0.5,"top_k":4}""")]
    public void Write_SamplingForAModelThatRefusesIt_IsLeftOutAndTold(string members)
    {
        var translation = Translation.Of(members, Translation.Opus48);

        foreach (var name in new[] { "temperature", "top_p", "top_k" })
        {
            Assert.Null(translation.Member(name));
            Assert.NotNull(translation.ToldOf(name));
        }
    }

    [Theory]
    [InlineData("""{"n":3}""", "n")]
    [InlineData("""{"audio":{"voice":"x","format":"wav"}}""", "audio")]
    [InlineData("""{"modalities":["text","audio"]}""", "modalities")]
    [InlineData("""{"web_search_options":{"search_context_size":"low"}}""", "web_search_options")]
    [InlineData("""{"output_config":"high"}""", "output_config")]
    public void Write_MemberThatChangesTheAnswer_IsRefused(string members, string param) => Assert.Equal(param, Translation.Of(members).RefusedParam);

    [Theory]
    [InlineData("claude-3-5-sonnet-20241022", "None", true, true)]
    [InlineData("claude-3-7-sonnet-latest", "Budget", true, true)]
    [InlineData("claude-opus-4-20250514", "Budget", true, true)]
    [InlineData("claude-sonnet-4-5-20250929", "Budget", true, true)]
    [InlineData("anthropic/claude-opus-4.6", "Adaptive", true, false)]
    [InlineData("us.anthropic.claude-sonnet-4-6-v1:0", "Adaptive", true, false)]
    [InlineData("claude-opus-4-7", "Adaptive", false, false)]
    [InlineData("Claude-Opus-4-8[1m]", "Adaptive", false, false)]
    [InlineData("claude-sonnet-5", "Adaptive", false, false)]
    [InlineData("claude-haiku-5-5", "Adaptive", false, false)]
    [InlineData("claude-mythos-preview", "Adaptive", false, false)]
    [InlineData("claude-opus", "Adaptive", false, false)]
    [InlineData("my-claude", "Budget", true, true)]
    [InlineData("gpt-5", "Budget", true, true)]
    public void Of_Name_TellsWhatTheModelTakes(string name, string thinking, bool takesSampling, bool takesPrefill)
    {
        var traits = ClaudeTraits.Of(name, "model");

        Assert.Equal((thinking, takesSampling, takesPrefill), (traits.Thinking.ToString(), traits.TakesSampling, traits.TakesPrefill));
        Assert.Equal(traits, ClaudeTraits.Of("alias", name));
    }

    /// <summary>What a name does not tell, or tells wrongly of a model brought out later, the catalogue may know.</summary>
    [Theory]
    [InlineData("prod-chat", "adaptive", "Adaptive")]
    [InlineData("prod-chat", "budget", "Budget")]
    [InlineData("prod-chat", null, "Budget")]
    [InlineData("claude-sonnet-4-5", "adaptive", "Adaptive")]
    [InlineData("claude-opus-5", "budget", "Budget")]
    [InlineData("claude-opus-4-6", "budget", "Adaptive")]
    [InlineData("claude-opus-5", "effort", "Adaptive")]
    public void Of_ReasoningFormOfTheCatalogue_Counts(string name, string? form, string expected) => Assert.Equal(expected, ClaudeTraits.Of(name, "model", form).Thinking.ToString());
}
