using System.Text;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Providers.Anthropic;
using ServerlessRouter.Providers.Responses;
using ServerlessRouter.Providers.Upstream;
using Xunit;

namespace ServerlessRouter.Core.Tests.Providers;

/// <summary>A whole answer that is passed on is read for its figures alone, and these are the ones that its translation has.</summary>
public sealed class PassedFiguresTests
{
    private const string Text = """{"id":"m1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Hi \"there\"","annotations":[]}]}""";
    private const string Call = """{"id":"f1","type":"function_call","call_id":"c1","name":"look","arguments":"{}"}""";
    private const string Reasoning = """{"id":"r1","type":"reasoning","summary":[]}""";
    private const string Used = """{"input_tokens":9,"input_tokens_details":{"cached_tokens":4},"output_tokens":3,"output_tokens_details":{"reasoning_tokens":1},"total_tokens":12}""";
    private const string Billed = """{"input_tokens":9,"cache_read_input_tokens":4,"cache_creation_input_tokens":2,"output_tokens":3}""";

    [Theory]
    [InlineData($$"""{"id":"r","object":"response","status":"completed","error":null,"output":[{{Text}}],"usage":{{Used}}}""")]
    [InlineData($$"""{"id":"r","object":"response","status":"completed","output":[{{Reasoning}},{{Text}},{{Call}}],"service_tier":"flex","usage":{{Used}}}""")]
    [InlineData($$"""{"id":"r","object":"response","status":"completed","output":[{{Call}}],"usage":{{Used}}}""")]
    [InlineData($$"""{"id":"r","object":"response","status":"completed","output":[{"type":"custom_tool_call","call_id":"c","name":"n","input":""}],"service_tier":null,"usage":{{Used}}}""")]
    [InlineData($$$"""{"id":"r","object":"response","status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"output":[{{{Text}}}],"usage":{{{Used}}}}""")]
    [InlineData($$"""{"id":"r","object":"response","status":"completed","output":[{{Text}}],"usage":null}""")]
    [InlineData($$"""{"id":"r","object":"response","status":"completed","output":[{{Text}}]}""")]
    [InlineData($$"""{"id":"r","status":"completed","output":[{"content":"A gateway's text"}],"usage":{{Used}}}""")]
    [InlineData($$"""{"id":"r","object":"response","status":"completed","output":[],"usage":{{Used}}}""")]
    [InlineData($$"""{"id":"r","object":"response","status":"completed","output":[{{Reasoning}}],"usage":{{Used}}}""")]
    [InlineData($$"""{"id":"r","object":"response","status":"completed","output":[{"type":"message","content":[]}],"usage":{{Used}}}""")]
    [InlineData($$$"""{"id":"r","object":"response","status":"failed","error":{"code":"server_error","message":"no"},"output":[],"usage":{{{Used}}}}""")]
    [InlineData($$$"""{"id":"r","object":"response","status":"completed","error":{"message":"no"},"output":[{{{Text}}}],"usage":{{{Used}}}}""")]
    [InlineData($$"""{"id":"r","object":"response","status":"completed","output":[{{Text}}],"usage":{{Used}}} and more""")]
    [InlineData($$"""{"id":"r","object":"response","status":"completed","output":[{{Text}}],"usage":{{Used}}""")]
    [InlineData("[]")]
    [InlineData("")]
    public void Responses_AreThoseOfTheTranslation(string answer)
    {
        var mapper = new ResponsesMapper(static _ => new Uri("http://vendor.test/"), TimeProvider.System);
        AssertAlike(mapper, new ResponsesPassage(mapper), answer);
    }

    [Theory]
    [InlineData($$"""{"id":"m","type":"message","role":"assistant","content":[{"type":"text","text":"Hi"}],"stop_reason":"end_turn","usage":{{Billed}}}""")]
    [InlineData($$$"""{"id":"m","type":"message","content":[{"type":"tool_use","id":"t","name":"look","input":{}}],"stop_reason":"tool_use","usage":{{{Billed}}}}""")]
    [InlineData($$$"""{"id":"m","type":"message","content":[{"type":"tool_use","id":"t","name":"look","input":{}}],"stop_reason":"end_turn","usage":{{{Billed}}}}""")]
    [InlineData($$"""{"id":"m","type":"message","content":[{"text":"no type"}],"stop_reason":"max_tokens","usage":{{Billed}}}""")]
    [InlineData($$$"""{"id":"m","type":"message","content":[{"id":"t","name":"look","input":{}}],"stop_reason":"end_turn","usage":{{{Billed}}}}""")]
    [InlineData("""{"id":"m","type":"message","content":[{"type":"text","text":"Hi"}],"stop_reason":"refusal"}""")]
    [InlineData("""{"id":"m","type":"message","content":[{"type":"text","text":"Hi"}],"stop_reason":"end\u005fturn","usage":null}""")]
    [InlineData($$"""{"id":"m","type":"message","content":[{"type":"text","text":"Hi"}],"stop_reason":"none","usage":{{Billed}}}""")]
    [InlineData($$"""{"id":"m","type":"message","content":[{"type":"text","text":"Hi"}],"stop_reason":"error","usage":{{Billed}}}""")]
    [InlineData($$"""{"id":"m","type":"message","content":"Hi","stop_reason":"end_turn","usage":{{Billed}}}""")]
    [InlineData("""{"type":"error","error":{"type":"overloaded_error","message":"no"}}""")]
    [InlineData($$"""{"id":"m","type":"message","content":[{"type":"text","text":"Hi"}],"stop_reason":"end_turn","usage":{{Billed}}} and more""")]
    [InlineData("""{"id":"m","type":"message","content":[{"type":"text","text":"Hi"}],"stop_reason":"end_turn","usage":{"input_tokens":9""")]
    [InlineData("")]
    public void Messages_AreThoseOfTheTranslation(string answer)
    {
        var mapper = new AnthropicMapper(TimeProvider.System);
        AssertAlike(mapper, new MessagesPassage(mapper), answer);
    }

    private static void AssertAlike(IChatMapper translating, IChatMapper passing, string answer)
    {
        var (expected, read) = (Read(translating, answer), Read(passing, answer));

        Assert.Equal(expected.Failure, read.Failure);
        Assert.Equal(expected.Answer?.Usage, read.Answer?.Usage);
        Assert.Equal(expected.Answer?.FinishReason, read.Answer?.FinishReason);
        if (read.Answer is { } passed)
            Assert.StartsWith(Encoding.UTF8.GetString(passed.Body.Span)[..^1], answer, StringComparison.Ordinal);
        expected.Answer?.Dispose();
        read.Answer?.Dispose();
    }

    private static AttemptResult Read(IChatMapper mapper, string answer)
    {
        // From the shared pool, where the mapper gives it back.
        var pooled = System.Buffers.ArrayPool<byte>.Shared.Rent(answer.Length + 16);
        return mapper.ReadAnswer(pooled, Encoding.UTF8.GetBytes(answer, pooled));
    }
}
