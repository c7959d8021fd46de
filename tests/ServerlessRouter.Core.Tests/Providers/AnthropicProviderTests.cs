using System.Collections.Frozen;
using System.Text;
using System.Text.Json.Nodes;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Providers;
using ServerlessRouter.Testing.Suites;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Providers;

public sealed class AnthropicProviderTests : HttpChatProviderSuite
{
    public override ProviderKind Kind => ProviderKinds.Anthropic;

    [Fact]
    public async Task Send_Any_CallsMessagesWithKeyAndVersion()
    {
        await ReadToEndAsync(await SendAsync(ChatBodies.Plain()));

        var sent = Upstream.Books.Requests[0];
        Assert.Equal("/v1/messages", sent.Path);
        Assert.Equal(Key, sent.Headers["x-api-key"]);
        Assert.Equal("2023-06-01", sent.Headers["anthropic-version"]);
    }

    [Fact]
    public Task Send_Conversation_IsTranslatedWhole() => TranslatesAsync(
        """
        {"model":"auto","max_completion_tokens":50,"temperature":1.7,"stop":["END"," "],"user":"u1","seed":7,"parallel_tool_calls":false,
         "messages":[
          {"role":"system","content":"Be brief."},
          {"role":"user","content":"Weather?"},
          {"role":"user","content":[{"type":"text","text":"In Oslo","cache_control":{"type":"ephemeral"}},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},{"type":"image_url","image_url":{"url":"https://x.test/a.png"}}]},
          {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"get","arguments":"{\"city\":\"Oslo\"}"}},{"id":"c2","type":"function","function":{"name":"get","arguments":"not json"}}]},
          {"role":"tool","tool_call_id":"c1","content":"7°"},
          {"role":"tool","tool_call_id":"c2","content":""},
          {"role":"developer","content":"Metric."},
          {"role":"user","content":"And?"}],
         "tools":[{"type":"function","function":{"name":"get","description":"d","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}},{"type":"function","function":{"name":"bare"}}],
         "tool_choice":{"type":"function","function":{"name":"get"}}}
        """,
        """
        {"model":"vendor-model","max_tokens":50,
         "tools":[{"name":"get","description":"d","input_schema":{"type":"object","properties":{"city":{"type":"string"}}}},{"name":"bare","input_schema":{"type":"object","properties":{}}}],
         "tool_choice":{"type":"tool","name":"get","disable_parallel_tool_use":true},
         "system":[{"type":"text","text":"Be brief."},{"type":"text","text":"Metric."}],
         "messages":[
          {"role":"user","content":[{"type":"text","text":"Weather?"},{"type":"text","text":"In Oslo","cache_control":{"type":"ephemeral"}},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}},{"type":"image","source":{"type":"url","url":"https://x.test/a.png"}}]},
          {"role":"assistant","content":[{"type":"tool_use","id":"c1","name":"get","input":{"city":"Oslo"}},{"type":"tool_use","id":"c2","name":"get","input":{"arguments":"not json"}}]},
          {"role":"user","content":[{"type":"tool_result","tool_use_id":"c1","content":[{"type":"text","text":"7°"}]},{"type":"tool_result","tool_use_id":"c2","content":[]},{"type":"text","text":"And?"}]}],
         "temperature":1,"stop_sequences":["END"],
         "metadata":{"user_id":"u1"}}
        """);

    [Fact]
    public Task Send_Schema_UsesTheVendorsStructuredOutputs() => TranslatesAsync(
        """{"model":"auto","messages":[{"role":"user","content":"x"}],"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object","properties":{"a":{"type":"string"}}}}}}""",
        """{"model":"vendor-model","max_tokens":4096,"messages":[{"role":"user","content":[{"type":"text","text":"x"}]}],"output_config":{"format":{"type":"json_schema","schema":{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false}}}}""");

    [Fact]
    public Task Send_JsonObject_IsAskedForInWords() => TranslatesAsync(
        """{"model":"auto","messages":[{"role":"user","content":"x"}],"response_format":{"type":"json_object"}}""",
        """{"model":"vendor-model","max_tokens":4096,"system":[{"type":"text","text":"Answer with one JSON object and nothing else."}],"messages":[{"role":"user","content":[{"type":"text","text":"x"}]}]}""");

    [Fact]
    public Task Send_ReasoningEffort_IsAThinkingBudgetInsideTheCallersLimit() => TranslatesAsync(
        """{"model":"auto","max_tokens":5000,"temperature":0.2,"reasoning_effort":"medium","messages":[{"role":"user","content":"x"}]}""",
        """{"model":"vendor-model","max_tokens":5000,"messages":[{"role":"user","content":[{"type":"text","text":"x"}]}],"thinking":{"type":"enabled","budget_tokens":2048}}""",
        Capabilities.Reasoning);

    [Theory]
    [InlineData("n", "2")]
    [InlineData("audio", """{"voice":"x","format":"wav"}""")]
    [InlineData("tools", """[{"type":"web_search_preview"}]""")]
    [InlineData("messages", """[{"role":"user","content":[{"type":"input_audio","input_audio":{}}]}]""")]
    [InlineData("messages", """[{"role":"user","content":[{"type":"image_url","image_url":{"url":"ftp://x"}}]}]""")]
    public async Task Send_WhatTheApiLacks_IsNotExpressibleAndNotSent(string field, string value)
    {
        var failure = (await SendAsync(ChatBodies.With(ChatBodies.Plain(), field, value))).Failure!;

        Assert.Equal(FailureKind.NotExpressible, failure.Kind);
        Assert.Empty(Upstream.Books.Requests);
    }

    [Fact]
    public async Task Send_AdaptedParameters_AreAdaptedBeforeTranslation()
    {
        var adaptation = ParameterAdaptation.Nothing with { Caps = new Dictionary<string, double> { ["max_tokens"] = 10 }.ToFrozenDictionary() };

        await ReadToEndAsync(await SendAsync(ChatBodies.With(ChatBodies.Plain(), "max_tokens", "99"), ProviderAttempts.Model(Configure(), adaptation)));

        Assert.Equal(10, (int?)Upstream.Books.Requests[0].Json!["max_tokens"]);
    }

    [Fact]
    public async Task Send_WholeMessage_IsTranslatedWhole()
    {
        Upstream.Next(Reply.Body("""
            {"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[{"type":"thinking","thinking":"Hm.","signature":"s"},{"type":"text","text":"Grüße "},{"type":"text","text":"<b>"},
             {"type":"tool_use","id":"t1","name":"get","input":{"city": "Oslo"}}],"stop_reason":"tool_use","stop_sequence":null,
             "usage":{"input_tokens":50,"cache_creation_input_tokens":20,"cache_read_input_tokens":30,"output_tokens":9}}
            """, "application/json"));

        using var answer = await AnswerAsync(ChatBodies.Plain());

        var json = JsonNode.Parse(answer.Body.Span)!;
        json["created"] = 0;
        AssertSame("""
            {"id":"msg_1","object":"chat.completion","created":0,"model":"claude-x","choices":[{"index":0,"message":{"role":"assistant","content":"Grüße <b>","refusal":null,"reasoning_content":"Hm.",
             "reasoning_details":[{"type":"reasoning.text","text":"Hm.","signature":"s","format":"anthropic-claude-v1","index":0}],"thinking_blocks":[{"type":"thinking","thinking":"Hm.","signature":"s"}],
             "tool_calls":[{"id":"t1","type":"function","function":{"name":"get","arguments":"{\"city\": \"Oslo\"}"}}]},"logprobs":null,"finish_reason":"tool_calls","native_finish_reason":"tool_use"}],
             "usage":{"prompt_tokens":100,"completion_tokens":9,"total_tokens":109,"prompt_tokens_details":{"cached_tokens":30,"cache_write_tokens":20},"completion_tokens_details":{"reasoning_tokens":0}}}
            """, json);
        Assert.Equal(new TokenUsage(100, 9) { CachedTokens = 30, CacheWriteTokens = 20 }, answer.Usage);
    }

    [Theory]
    [InlineData(false, "reasoning_details")]
    [InlineData(false, "thinking_blocks")]
    [InlineData(true, "reasoning_details")]
    [InlineData(true, "thinking_blocks")]
    public async Task Send_ThinkingOfAnAnswerSentBack_GoesUpAsItCame(bool stream, string kept)
    {
        const string Thinking = """{"type":"thinking","thinking":"Look.","signature":"c2ln"}""";
        const string Redacted = """{"type":"redacted_thinking","data":"ZGF0YQ=="}""";
        const string Call = """{"type":"tool_use","id":"toolu_1","name":"get_weather","input":{}}""";
        Upstream.Next(
            stream
                ? Reply.Events(
                    """{"type":"message_start","message":{"id":"m","model":"c","usage":{"input_tokens":5,"output_tokens":1}}}""",
                    """{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}""",
                    """{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Lo"}}""",
                    """{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"ok."}}""",
                    """{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"c2ln"}}""",
                    $$"""{"type":"content_block_start","index":1,"content_block":{{Redacted}}}""",
                    $$"""{"type":"content_block_start","index":2,"content_block":{{Call}}}""",
                    """{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":8}}""")
                : Reply.Body($$"""{"id":"m","type":"message","content":[{{Thinking}},{{Redacted}},{{Call}}],"stop_reason":"tool_use"}""", "application/json"),
            Reply.Text("ok"));
        JsonNode message;
        if (stream)
        {
            message = DeltaSum.Of((await StreamAsync(ChatBodies.AsStream(ChatBodies.WithTools()))).Chunks);
        }
        else
        {
            using var answer = await AnswerAsync(ChatBodies.WithTools());
            message = JsonNode.Parse(answer.Body.Span)!["choices"]![0]!["message"]!;
        }

        var request = JsonNode.Parse(ChatBodies.WithTools())!.AsObject();
        request["messages"]!.AsArray().Add((JsonNode)new JsonObject
        {
            ["role"] = "assistant", ["content"] = null, ["tool_calls"] = message["tool_calls"]!.DeepClone(), [kept] = message[kept]!.DeepClone(),
        });
        request["messages"]!.AsArray().Add(JsonNode.Parse("""{"role":"tool","tool_call_id":"toolu_1","content":"7"}"""));
        await ReadToEndAsync(await SendAsync(Encoding.UTF8.GetBytes(request.ToJsonString())));

        var turn = Upstream.Books.Requests[1].Json!["messages"]![1]!["content"]!.AsArray();
        AssertSame($"[{Thinking},{Redacted}]", new JsonArray([.. turn.Take(2).Select(block => block!.DeepClone())]));
    }

    [Theory]
    [InlineData("""{"type":"message","usage":{"input_tokens":3,"output_tokens":2}}""")]
    [InlineData("""{"type":"error","error":{"type":"api_error","message":"x"},"usage":{"input_tokens":3,"output_tokens":2}}""")]
    [InlineData("""{"type":"message","content":[{"type":"text","text":"x"}],"usage":{"input_tokens":3,"output_tokens":2},"sto""")]
    public async Task Send_UnusableMessageThatTellsItsUsage_IsAFailureThatIsBilled(string body)
    {
        Upstream.Next(Reply.Body(body, "application/json"));

        Assert.Equal(new TokenUsage(3, 2), (await SendAsync(ChatBodies.Plain())).Failure!.Usage);
    }

    [Theory]
    [InlineData("""{"type":"message","usage":{}}""")]
    [InlineData("""{"type":"message","usage":{"input_to""")]
    [InlineData("""{"type":"message","usage":7}""")]
    [InlineData("")]
    public async Task Send_UnusableMessageThatTellsNoUsage_CostsNothing(string body)
    {
        Upstream.Next(Reply.Body(body, "application/json"));

        var failure = (await SendAsync(ChatBodies.Plain())).Failure!;

        Assert.Equal((FailureKind.CutBeforeCommit, null), (failure.Kind, failure.Usage));
    }

    [Fact]
    public async Task Send_ThinkingStreamed_IsReasoningContent()
    {
        Upstream.Next(Reply.Events(
            """{"type":"message_start","message":{"id":"m","model":"c","usage":{"input_tokens":5,"output_tokens":1}}}""",
            """{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":""}}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Hm."}}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"s"}}""",
            """{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"Yes."}}""",
            """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":8}}""",
            """{"type":"message_stop"}"""));

        var streamed = await StreamAsync(ChatBodies.Streamed());

        Assert.Equal(("Hm.", "Yes.", "stop"), (streamed.Reasoning, streamed.Content, streamed.FinishReason));
        Assert.Equal(new TokenUsage(5, 8), streamed.Usage);
    }

    [Fact]
    public async Task Read_CutStream_EstimatesWhatWasWritten()
    {
        Upstream.Next(Reply.Stream(new string('x', 400), "y").Usage(100, 500).CutAfterChunk(1));

        var streamed = await StreamAsync(ChatBodies.Streamed());

        Assert.Equal(new TokenUsage(100, 100) { IsEstimated = true }, streamed.Usage);
    }

    [Theory]
    [InlineData("content_filter", "content_filter")]
    [InlineData("length", "length")]
    public async Task Send_StopReason_IsAFinishReason(string scripted, string expected)
    {
        Upstream.Next(Reply.Text("x").FinishReason(scripted));

        Assert.Equal(expected, (await StreamAsync(ChatBodies.Streamed())).FinishReason);
    }

    [Fact]
    public async Task Send_PromptTooLongInAnthropicsWords_IsContextLengthExceeded()
    {
        Upstream.Next(Reply.Error(400, "prompt is too long: 210000 tokens > 200000 maximum", "invalid_request_error"));

        Assert.Equal(FailureKind.ContextLengthExceeded, (await SendAsync(ChatBodies.Plain())).Failure!.Kind);
    }

    [Fact]
    public async Task Send_CreditUsedUp_IsQuotaExhausted()
    {
        Upstream.Next(Reply.Error(400, "Your credit balance is too low to access the Anthropic API.", "invalid_request_error"));

        Assert.Equal(FailureKind.QuotaExhausted, (await SendAsync(ChatBodies.Plain())).Failure!.Kind);
    }

    protected override ProviderModel Configure() => new()
    {
        Name = "anthropic",
        Kind = Kind,
        Endpoint = Upstream.BaseAddress,
        Credential = new Credential.ApiKey(Key),
    };

    private async Task TranslatesAsync(string body, string expected, Capabilities capabilities = Capabilities.None)
    {
        Upstream.Default(Reply.Text("ok"));

        await ReadToEndAsync(await SendAsync(Encoding.UTF8.GetBytes(body), ProviderAttempts.Model(Configure(), capabilities: capabilities | Capabilities.Streaming)));

        AssertSame(expected, Upstream.Books.Requests[0].Json!);
    }

    private static void AssertSame(string expected, JsonNode actual) => Assert.Equal(JsonNode.Parse(expected)!.ToJsonString(), actual.ToJsonString());
}
