using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using ServerlessRouter.Doors.Responses;
using ServerlessRouter.Errors;
using Xunit;
using static ServerlessRouter.Core.Tests.Doors.Responses.DoorScene;

namespace ServerlessRouter.Core.Tests.Doors.Responses;

/// <summary>Whole chat answers as responses.</summary>
public sealed class ResponseAnswerTests
{
    [Fact]
    public void WriteAnswer_Text_IsAWholeResponseWithOpenAIsDefaults()
    {
        var response = AnswerOf("""{"role":"assistant","content":"Hi","refusal":null}""");
        var core = ResponsesIds.Of("req_1", Now)[ResponsesIds.Prefix.Length..];

        Same(
            $$$"""
            {"id":"resp_{{{core}}}","object":"response","created_at":1790000000,"status":"completed","error":null,"incomplete_details":null,"model":"mini",
             "output":[{"id":"msg_{{{core}}}_0","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","annotations":[],"logprobs":[],"text":"Hi"}]}],
             "usage":{"input_tokens":1,"input_tokens_details":{"cached_tokens":0},"output_tokens":2,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":3},
             "service_tier":"default","background":false,"instructions":null,"max_output_tokens":null,"max_tool_calls":null,"metadata":{},"parallel_tool_calls":true,"previous_response_id":null,
             "prompt_cache_key":null,"reasoning":{"effort":null,"summary":null},"safety_identifier":null,"store":false,"temperature":1.0,"text":{"format":{"type":"text"}},"tool_choice":"auto","tools":[],
             "top_logprobs":0,"top_p":1.0,"truncation":"disabled","user":null}
            """, response);
    }

    [Fact]
    public void WriteAnswer_RepeatsWhatTheRequestSaid()
    {
        const string Said =
            """
            "instructions":"Be brief.","metadata":{"a":"b"},"tools":[{"type":"function","name":"f"}],"tool_choice":"required","text":{"verbosity":"low"},"reasoning":{"effort":"high"},"temperature":0.2,"top_p":0.9,
            "max_output_tokens":9,"parallel_tool_calls":false,"store":true,"user":"u","prompt_cache_key":"k"
            """;
        var response = AnswerOf("""{"content":"Hi"}""", $$"""{"input":"a",{{Said}},"truncation":null}""");

        foreach (var (name, value) in JsonNode.Parse($"{{{Said}}}")!.AsObject())
            Same(value!.ToJsonString(), response[name]);
        Assert.Equal("disabled", (string)response["truncation"]!);
    }

    [Fact]
    public void WriteAnswer_ItemsComeAsThoughtSaidAndCalled()
    {
        var output = AnswerOf(
            """
            {"content":"I look.","reasoning_content":"Hm","reasoning_details":[{"type":"reasoning.text","text":"Hm","signature":"S","format":"anthropic-claude-v1","index":0}],
             "tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}},{"id":"c2","type":"custom","custom":{"name":"exec","input":"ls\n"}}]}
            """, reason: "tool_calls")["output"]!.AsArray();

        Assert.Equal(["reasoning", "message", "function_call", "custom_tool_call"], output.Select(static item => (string)item!["type"]!));
        Assert.Equal(["rs", "msg", "fc", "ctc"], output.Select(static item => ((string)item!["id"]!).Split('_')[0]));
        Assert.Equal("router:text:anthropic-claude-v1:S", (string)output[0]!["encrypted_content"]!);
        Assert.Equal(("c1", "{\"a\":1}"), ((string)output[2]!["call_id"]!, (string)output[2]!["arguments"]!));
        Assert.Equal("ls\n", (string)output[3]!["input"]!);
    }

    [Fact]
    public void WriteAnswer_Usage_IsSplitAndPricedInOwnWords() => Same(
        """
        {"input_tokens":10,"input_tokens_details":{"cached_tokens":4,"cache_write_tokens":2},"output_tokens":6,"output_tokens_details":{"reasoning_tokens":5},"total_tokens":16,"cost":0.25,
         "cost_details":{"upstream_inference_cost":null,"upstream_inference_input_cost":0.1,"upstream_inference_output_cost":0.15},"is_byok":false}
        """,
        Answer("""
            {"choices":[{"message":{"content":"a"},"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":6,"total_tokens":16,
             "prompt_tokens_details":{"cached_tokens":4,"cache_write_tokens":2},"completion_tokens_details":{"reasoning_tokens":5},"cost":0.25,
             "cost_details":{"upstream_inference_cost":null,"upstream_inference_prompt_cost":0.1,"upstream_inference_completions_cost":0.15},"is_byok":false}}
            """)["usage"]);

    [Fact]
    public void WriteAnswer_WithoutUsage_TellsTheGuessOfThePrompt() => Assert.Equal(12, (int)Answer("""{"choices":[{"message":{"content":"a"}}]}""")["usage"]!["input_tokens"]!);

    [Theory]
    [InlineData("length", "max_output_tokens")]
    [InlineData("content_filter", "content_filter")]
    public void WriteAnswer_CutShort_IsIncompleteAndSaysWhy(string reason, string expected)
    {
        var response = AnswerOf("""{"content":"Hel"}""", reason: reason);

        Assert.Equal(("incomplete", expected), ((string)response["status"]!, (string)response["incomplete_details"]!["reason"]!));
    }

    [Fact]
    public void WriteAnswer_ServedTierAndMetadata_AreTold()
    {
        var response = Answer("""{"service_tier":"flex","choices":[{"message":{"content":"a"},"finish_reason":"stop"}],"router_metadata":{"route":"auto"}}""", """{"service_tier":"auto"}""");

        Assert.Equal("flex", (string)response["service_tier"]!);
        Same("""{"route":"auto"}""", response["router_metadata"]);
    }

    [Fact]
    public void WriteAnswer_Image_IsAnItemWithItsData()
    {
        var item = AnswerOf("""{"content":"","images":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}""")["output"]![0]!;

        Assert.Equal(("image_generation_call", "AAAA"), ((string)item["type"]!, (string)item["result"]!));
    }

    [Fact]
    public void WriteError_IsOpenAIsBody()
    {
        var output = new ArrayBufferWriter<byte>();
        ResponsesDoor.Instance.WriteError(RouterError.InvalidRequest("'max_completion_tokens' must be a whole number.", "max_completion_tokens"), "req_1", output);

        Same(
            """{"error":{"message":"'max_output_tokens' must be a whole number.","type":"invalid_request_error","param":"max_output_tokens","code":"invalid_request"}}""",
            JsonNode.Parse(Encoding.UTF8.GetString(output.WrittenSpan)));
    }

    [Fact]
    public void ResponseOf_AnItemsId_IsTheResponseItBelongsTo()
    {
        var response = AnswerOf("""{"content":"Hi"}""");

        Assert.Equal((string)response["id"]!, ResponsesIds.ResponseOf((string)response["output"]![0]!["id"]!));
        Assert.Null(ResponsesIds.ResponseOf("msg_68af4030baa48193b0b43b4c2a176a1a0e6967589f080e78"));
    }
}
