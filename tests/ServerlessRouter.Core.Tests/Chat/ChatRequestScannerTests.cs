using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using FsCheck;
using FsCheck.Fluent;
using ServerlessRouter.Chat;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Json;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Chat;

public sealed class ChatRequestScannerTests
{
    [Fact]
    public void TryScan_OrdinaryRequest_FindsWhatRoutingNeeds()
    {
        using var request = ScannedRequest.Of("""
            {"model":"auto","stream":true,"stream_options":{"include_usage":true},"max_tokens":50,"max_completion_tokens":40,"session_id":"s1",
             "messages":[{"role":"system","content":"Be brief."},{"content":[{"type":"text","text":"What is this?"},{"type":"image_url","image_url":{"url":"data:,"}}],"role":"user"}],
             "tools":[{"type":"function","function":{"name":"f"}}],"response_format":{"type":"json_schema","json_schema":{}},"seed":7}
            """);

        Assert.Equal("auto", request.Model);
        Assert.True(request.IsStream);
        Assert.True(request.IncludesUsage);
        Assert.Equal(40, request.MaxOutputTokens);
        Assert.Equal("s1", request.SessionKey);
        Assert.Equal(1, request.Turns);
        Assert.Equal(1, request.ImageCount);
        Assert.Equal(Capabilities.Tools | Capabilities.Vision | Capabilities.JsonSchema | Capabilities.Streaming, request.Needs);
        Assert.Equal([(MessageRole.System, "Be brief."), (MessageRole.User, "What is this?")], request.Texts.Select(piece => (piece.Role, TextOf(request, piece))));
        Assert.True(request.TryGetMember("seed"u8, out var seed));
        Assert.Equal("7", Encoding.UTF8.GetString(seed.Value.In(request.Bytes)));
    }

    [Fact]
    public void TryScan_EscapedText_IsDecoded()
    {
        using var request = ScannedRequest.Of("""{"model":"m","messages":[{"role":"user","content":"a\n\"b\" \u00e9 \ud83d\ude00 \ud83d!"}]}""");

        Assert.Equal("a\n\"b\" é 😀 \uFFFD!", TextOf(request, request.Texts[0]));
    }

    [Fact]
    public void TryScan_EscapedMemberName_IsTheSameField()
    {
        using var request = ScannedRequest.Of("""{"mod\u0065l":"m","messages":[{"role":"user","content":"x"}]}""");

        Assert.Equal("m", request.Model);
        Assert.True(request.TryGetMember("model"u8, out _));
    }

    [Theory]
    [InlineData("", "not valid JSON")]
    [InlineData("[]", "must be a JSON object")]
    [InlineData("model=m&stream=true", "This looks like form data")]
    [InlineData("{'model': 'm'}", "line 1, column 2: Names and texts stand in double quotes")]
    [InlineData("""{"model":"m","stream":True}""", "line 1, column 23: True is written as true")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"}]""", "line 1, column 56: The text ends here, but the object that begins on line 1 is not closed")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"}]} x""", "not valid JSON")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}]}""", "'model' is missing")]
    [InlineData("""{"model":"m"}""", "'messages' is missing")]
    [InlineData("""{"model":"m","messages":[]}""", "'messages' is empty")]
    [InlineData("""{"model":"m","messages":"hi"}""", "'messages' must be an array")]
    [InlineData("""{"model":"m","messages":["hi"]}""", "'messages[0]' must be an object")]
    [InlineData("""{"model":"m","messages":[{"content":"x"}]}""", "'messages[0].role' is missing")]
    [InlineData("""{"model":"m","messages":[{"role":7,"content":"x"}]}""", "'messages[0].role' must be a string")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":7}]}""", "'messages[0].content' must be")]
    [InlineData("""{"model":7,"messages":[{"role":"user","content":"x"}]}""", "'model' must be a string")]
    [InlineData("""{"model":"a","model":"b","messages":[{"role":"user","content":"x"}]}""", "'model' is sent twice")]
    [InlineData("""{"model":"a","mod\u0065l":"b","messages":[{"role":"user","content":"x"}]}""", "'model' is sent twice")]
    [InlineData("""{"model":"m","stream":"yes","messages":[{"role":"user","content":"x"}]}""", "'stream' must be true or false")]
    [InlineData("""{"model":"m","max_tokens":0,"messages":[{"role":"user","content":"x"}]}""", "'max_tokens' must be a whole number")]
    [InlineData("""{"model":"m","models":[1],"messages":[{"role":"user","content":"x"}]}""", "'models' must be an array")]
    [InlineData("""{"model":"m","tools":{},"messages":[{"role":"user","content":"x"}]}""", "'tools' must be an array")]
    public void TryScan_BadBody_SaysWhatIsWrong(string body, string message)
    {
        var error = ScannedRequest.ErrorOf(body);

        Assert.Equal(RouterErrorCode.InvalidRequest, error.Code);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TryScan_ModelThatIsNotUtf8_IsRefused() =>
        Assert.Contains("UTF-8", ScannedRequest.ErrorOf([.. "{\"model\":\""u8, 0xFF, .. "\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}"u8]).Message, StringComparison.Ordinal);

    [Fact]
    public void TryScan_HostileNesting_IsRefused()
    {
        var deep = new string('[', 100_000);

        Assert.Contains("not valid JSON", ScannedRequest.ErrorOf($$"""{"model":"m","x":{{deep}}""").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TryScan_TextThatIsNotUtf8_IsRefusedThoughItIsNotDecoded() =>
        Assert.Contains("UTF-8", ScannedRequest.ErrorOf([.. "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\""u8, 0xC3, 0x28, .. "\"}]}"u8]).Message, StringComparison.Ordinal);

    [Fact]
    public void TryScan_BodyCutAnywhere_IsRefusedNeverThrows()
    {
        var body = ChatBodies.WithTools();

        for (var length = 0; length < body.Length; length++)
            Assert.Equal(400, ScannedRequest.ErrorOf(body.AsSpan(0, length)).Status);
    }

    [Fact]
    public void CopyText_WindowOfAnySize_NeverSplitsAnEscapeOrACharacter()
    {
        Prop.ForAll<string, byte>((text, size) =>
        {
            var clean = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text ?? ""));
            using var request = ScannedRequest.Of($$"""{"model":"m","messages":[{"role":"user","content":{{JsonSerializer.Serialize("\\" + clean)}}}]}""");
            var window = new byte[size];
            var head = Encoding.UTF8.GetString(window, 0, request.CopyText(request.Texts[0], window));
            var tail = Encoding.UTF8.GetString(window, 0, request.CopyText(request.Texts[0], window, keepsTail: true));
            var whole = TextOf(request, request.Texts[0]);
            return whole.StartsWith(head.TrimEnd('\uFFFD'), StringComparison.Ordinal) && whole.EndsWith(tail.TrimStart('\uFFFD'), StringComparison.Ordinal);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void TryScan_AnyBody_IsRefusedWhereAJsonReaderRefusesIt()
    {
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), static seed =>
        {
            var body = MutatedJson.ChatOfSeed(seed);
            var error = ScannedRequest.Try(body, out var request);
            using (request)
            {
                if (!Utf8.IsValid(body))
                    return error?.Message == "The body is not valid UTF-8.";
                if (ProblemOf(body) is null)
                    return error?.Message.Contains("not valid JSON", StringComparison.Ordinal) is null or false;

                // What the router itself finds wrong before the reader stumbles is told first.
                return error is not null && (!error.Message.Contains("not valid JSON", StringComparison.Ordinal)
                    || error.Message == $"The body is not valid JSON: {JsonFault.Find(body, new JsonReaderOptions { MaxDepth = ChatRequestScanner.MaxDepth })}");
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));
    }

    private static JsonException? ProblemOf(byte[] body)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = ChatRequestScanner.MaxDepth });
        try
        {
            while (reader.Read())
            {
            }

            return null;
        }
        catch (JsonException problem)
        {
            return problem;
        }
    }

    private static string TextOf(ChatRequest request, TextPiece piece)
    {
        var destination = new byte[piece.Range.Length];
        return Encoding.UTF8.GetString(destination, 0, request.CopyText(piece, destination));
    }
}
