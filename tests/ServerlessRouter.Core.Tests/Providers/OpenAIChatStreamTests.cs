using System.Text;
using FsCheck;
using FsCheck.Fluent;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Providers.OpenAI;
using ServerlessRouter.Providers.Upstream;
using Xunit;

namespace ServerlessRouter.Core.Tests.Providers;

public sealed class OpenAIChatStreamTests
{
    private const string Role = """{"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}""";
    private const string Content = """{"choices":[{"index":0,"delta":{"content":"Grüße 世界 😀"},"finish_reason":null}]}""";
    private const string Finish = """{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null}""";
    private const string Usage = """{"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":3}}""";

    // Every line end, comments, fields of no interest, split and unspaced data, and no blank line at the end.
    private static readonly string Odd = $": hello\n\ndata: {Role}\n\nevent: x\r\nid: 1\r\ndata: {Content}\r\n\r\ndata:{Content}\r\rdata: {{\ndata: {Finish[1..]}\n\n: keep\r\ndata: {Usage}\r\n\r\ndata: [DONE]";

    [Fact]
    public void ReadAsync_ChoppedAnywhere_GivesTheSameBytes()
    {
        var bytes = Encoding.UTF8.GetBytes(Odd);
        var whole = Read(bytes, []);
        Assert.Null(whole.Failure);
        Assert.Equal(4, whole.Text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Length);

        Prop.ForAll<byte[]>(sizes => Read(bytes, sizes) == whole).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("\uFEFFdata: {ROLE}\r\n\r\ndata: {CONTENT}\n\ndata: {FINISH}")]
    [InlineData("{ROLE}\n{CONTENT}\r\n{FINISH}\n[DONE]\n")]
    [InlineData("\n \n{ROLE}\r{CONTENT}\r\r{FINISH}")]
    [InlineData("{\r\n \"choices\": [\r\n  {\"index\": 0, \"message\": {\"content\": \"a{ \\\" [b\"},\r\n \"finish_reason\": \"stop\"}\r\n ]\r\n}")]
    [InlineData("data: {\n  \"choices\": [\n  {\"index\": 0, \"delta\": {\"content\": \"a\"},\n \"finish_reason\": \"stop\"}\n ]\n}\n\nevent: done\ndata: [DONE]")]
    public void ReadAsync_OtherFormsChoppedAnywhere_GiveTheSameEvents(string form)
    {
        var bytes = Encoding.UTF8.GetBytes(form
            .Replace("{ROLE}", Role, StringComparison.Ordinal).Replace("{CONTENT}", Content, StringComparison.Ordinal).Replace("{FINISH}", Finish, StringComparison.Ordinal));
        var whole = Read(bytes, []);
        Assert.Null(whole.Failure);
        Assert.All(whole.Text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries), line => Assert.StartsWith("data: {", line, StringComparison.Ordinal));
        Assert.True(whole.ContentBytes > 0);

        Assert.Equal(whole, Read(bytes, [1]));
        Prop.ForAll<byte[]>(sizes => Read(bytes, sizes) == whole).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void ReadAsync_ByteByByte_GivesTheSameBytes()
    {
        var bytes = Encoding.UTF8.GetBytes(Odd);

        Assert.Equal(Read(bytes, []), Read(bytes, [1]));
    }

    [Fact]
    public void ReadAsync_PlainEvents_AreTheVendorsBytes()
    {
        var text = $"data: {Role}\n\ndata: {Content}\n\ndata: {Finish}\n\n";

        Assert.Equal(text, Read(Encoding.UTF8.GetBytes(text + $"data: {Usage}\n\ndata: [DONE]\n\n"), []).Text);
    }

    [Fact]
    public void ReadAsync_CutAnywhereBeforeTheFinish_IsAFailure()
    {
        var whole = Encoding.UTF8.GetBytes($"data: {Role}\n\ndata: {Content}\n\ndata: {Finish}\n\n");
        var finished = whole.Length - "\n\n".Length;

        for (var length = 0; length < finished; length++)
            Assert.NotNull(Read(whole[..length], [64]).Failure);
        Assert.Null(Read(whole[..finished], [64]).Failure);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public async Task HasFinished_ChoicesAreToComeThatHaveNotBegun_IsFalse(int asked, bool expected)
    {
        using var response = new HttpResponseMessage { Content = new StreamContent(new ChoppedStream(Encoding.UTF8.GetBytes($"data: {Content}\n\ndata: {Finish}\n\n"), [255])) };
        await using var stream = new OpenAIChatStream(UpstreamBody.Of(response, TimeProvider.System), asked);

        await stream.ReadAsync(default);

        Assert.Equal(expected, stream.HasFinished);
    }

    [Fact]
    public async Task ReadAsync_EndlessEvent_IsCutAtTheBound()
    {
        using var response = new HttpResponseMessage { Content = new StreamContent(new EndlessStream()) };
        await using var stream = new OpenAIChatStream(UpstreamBody.Of(response, TimeProvider.System));

        while (await stream.ReadAsync(default))
            Assert.True(stream.Batch.IsEmpty);
        Assert.Equal(FailureKind.CutBeforeCommit, stream.Failure!.Kind);
    }

    [Theory]
    [InlineData(""" "reasoning":"0123456789","reasoning_details":[{"type":"reasoning.text","text":"0123456789","format":"anthropic-claude-v1","index":0}] """, 10)]
    [InlineData(""" "reasoning_content":"01234","reasoning":"01234" """, 5)]
    [InlineData(""" "reasoning_details":[{"type":"reasoning.text","signature":"c2lnbmF0dXJl","index":0}] """, 0)]
    [InlineData(""" "reasoning_details":[{"type":"reasoning.summary","summary":"0123"}],"content":"abc" """, 7)]
    public void ReadAsync_ThinkingInSeveralForms_CountsOnce(string delta, long expected)
    {
        var text = $$"""data: {"choices":[{"index":0,"delta":{{{delta}}},"finish_reason":null}]}{{"\n\n"}}data: {{Finish}}{{"\n\n"}}""";

        Assert.Equal(expected, Read(Encoding.UTF8.GetBytes(text), []).ContentBytes);
    }

    private static (string Text, TokenUsage? Usage, string UsageChunk, long ContentBytes, FailureKind? Failure) Read(byte[] bytes, byte[] sizes)
    {
        var text = new StringBuilder();
        using var response = new HttpResponseMessage { Content = new StreamContent(new ChoppedStream(bytes, sizes)) };
        var stream = new OpenAIChatStream(UpstreamBody.Of(response, TimeProvider.System));
        // These streams never wait.
        while (stream.ReadAsync(default).AsTask().GetAwaiter().GetResult())
            text.Append(Encoding.UTF8.GetString(stream.Batch.Span));
        var result = (text.ToString(), stream.Usage, Encoding.UTF8.GetString(stream.UsageChunk.Span), stream.ContentBytes, stream.Failure?.Kind);
        stream.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return result;
    }
}
