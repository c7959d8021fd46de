using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Core.Tests.State;
using ServerlessRouter.Http.Bodies;
using ServerlessRouter.State;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Time;
using Xunit;

namespace ServerlessRouter.Core.Tests.Http;

/// <summary>Responses over HTTP, and what is kept of them.</summary>
public sealed class ResponsesEndpointTests
{
    private const string Text = """{"id":"c","choices":[{"index":0,"message":{"content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}""";
    private const string Call = """{"id":"c","choices":[{"index":0,"message":{"content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}""";

    [Fact]
    public async Task Post_Text_IsAnsweredAsAResponse()
    {
        await using var server = await HttpServer.StartAsync();
        server.Pipeline.Answer = static (_, _) => Task.FromResult(Answers.Whole(Text));

        var response = await PostAsync(server, """{"model":"mini","input":"Hello","store":false}""");

        Assert.Equal(("response", "completed", "Hi"), ((string)response["object"]!, (string)response["status"]!, (string)response["output"]![0]!["content"]![0]!["text"]!));
        Assert.False((bool)response["store"]!);
        Assert.Equal(HttpStatusCode.NotFound, (await server.Client.GetAsync($"v1/responses/{(string)response["id"]!}")).StatusCode);
    }

    [Fact]
    public async Task Post_PreviousResponse_PutsItsItemsBeforeTheNewOnes()
    {
        await using var server = await HttpServer.StartAsync();
        var asked = new List<string>();
        server.Pipeline.Answer = (context, _) =>
        {
            asked.Add(Encoding.UTF8.GetString(context.Request.Bytes));
            return Task.FromResult(Answers.Whole(asked.Count == 1 ? Call : Text));
        };

        var first = await PostAsync(server, """{"model":"mini","instructions":"Old.","input":"Look"}""");
        var second = await PostAsync(server, $$"""{"model":"mini","instructions":"New.","input":[{"type":"function_call_output","call_id":"call_1","output":"1"}],"previous_response_id":"{{(string)first["id"]!}}"}""");
        await PostAsync(server, $$"""{"model":"mini","input":"Thanks","previous_response_id":"{{(string)second["id"]!}}"}""");

        Assert.Equal((string)first["id"]!, (string)second["previous_response_id"]!);
        Assert.True((bool)second["store"]!);
        JsonAssert.Equal(
            """
            [{"role":"system","content":"New."},{"role":"user","content":"Look"},
             {"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"call_1","content":"1"}]
            """, JsonNode.Parse(asked[1])!["messages"]!.ToJsonString());
        Assert.Equal(["user", "assistant", "tool", "assistant", "user"], JsonNode.Parse(asked[2])!["messages"]!.AsArray().Select(static message => (string)message!["role"]!));
    }

    [Fact]
    public async Task Post_ItemReference_IsTheItem()
    {
        await using var server = await HttpServer.StartAsync();
        var asked = "";
        server.Pipeline.Answer = (context, _) =>
        {
            asked = Encoding.UTF8.GetString(context.Request.Bytes);
            return Task.FromResult(Answers.Whole(Text));
        };

        var first = await PostAsync(server, """{"model":"mini","input":"Hello"}""");
        await PostAsync(server, $$"""{"model":"mini","store":false,"input":["Hello",{"type":"item_reference","id":"{{(string)first["output"]![0]!["id"]!}}"},"And?"]}""");

        JsonAssert.Equal("""[{"role":"user","content":"Hello"},{"role":"assistant","content":"Hi"},{"role":"user","content":"And?"}]""", JsonNode.Parse(asked)!["messages"]!.ToJsonString());
    }

    [Fact]
    public async Task Post_Stream_IsKeptBeforeItsEndIsTold()
    {
        await using var server = await HttpServer.StartAsync();
        server.Pipeline.Answer = static (_, _) => Task.FromResult(Answers.Streaming(
            new ScriptedStream().Send("""{"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":null}]}""").Send("""{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""").End()));

        var events = await TextAsync(server, """{"model":"mini","input":"Hello","stream":true}""");
        var last = JsonNode.Parse(events.Split("data: ")[^1])!["response"]!;
        var kept = await GetAsync(server, $"v1/responses/{(string)last["id"]!}");

        Assert.True(JsonNode.DeepEquals(last, kept));
        Assert.Equal("Hi", (string)kept["output"]![0]!["content"]![0]!["text"]!);
    }

    [Fact]
    public async Task Kept_IsToldListedAndForgotten()
    {
        await using var server = await HttpServer.StartAsync();
        server.Pipeline.Answer = static (_, _) => Task.FromResult(Answers.Whole(Text));
        var response = await PostAsync(server, """{"model":"mini","input":[{"role":"user","content":"a"},{"id":"msg_1","role":"user","content":"b"}]}""");
        var path = $"v1/responses/{(string)response["id"]!}";

        Assert.True(JsonNode.DeepEquals(response, await GetAsync(server, path)));
        var items = await GetAsync(server, $"{path}/input_items?order=asc&limit=1");
        Assert.Equal(("a", true), ((string)items["data"]![0]!["content"]!, (bool)items["has_more"]!));
        items = await GetAsync(server, $"{path}/input_items?order=asc&after={(string)items["last_id"]!}");
        Assert.Equal(("msg_1", false), ((string)items["data"]![0]!["id"]!, (bool)items["has_more"]!));
        Assert.Equal(HttpStatusCode.BadRequest, (await server.Client.PostAsync($"{path}/cancel", null)).StatusCode);
        using var deleted = await server.Client.DeleteAsync(path);
        JsonAssert.Equal($$"""{"id":"{{(string)response["id"]!}}","object":"response","deleted":true}""", await deleted.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.NotFound, (await server.Client.GetAsync(path)).StatusCode);
        await RefusedAsync(server, $$"""{"model":"mini","input":"a","previous_response_id":"{{(string)response["id"]!}}"}""", "previous_response_id");
    }

    [Theory]
    [InlineData("after=msg_9", "after")]
    [InlineData("after=msg_1&after=msg_2", "after")]
    [InlineData("before=msg_1", "before")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=101", "limit")]
    [InlineData("limit=some", "limit")]
    [InlineData("limit=1&limit=2", "limit")]
    [InlineData("order=up", "order")]
    public async Task InputItems_ParameterThatCannotBe_IsRefusedByName(string query, string param)
    {
        await using var server = await HttpServer.StartAsync();
        server.Pipeline.Answer = static (_, _) => Task.FromResult(Answers.Whole(Text));
        var id = (string)(await PostAsync(server, """{"model":"mini","input":[{"id":"msg_1","role":"user","content":"a"}]}"""))["id"]!;

        using var refused = await server.Client.GetAsync($"v1/responses/{id}/input_items?{query}");

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal(param, (string)JsonNode.Parse(await refused.Content.ReadAsStringAsync())!["error"]!["param"]!);
    }

    [Theory]
    [InlineData("include=reasoning.encrypted_content&include=message.input_image.image_url")]
    [InlineData("include%5B%5D=message.output_text.logprobs&api-version=preview&unknown=1")]
    [InlineData("after=&order=&limit=")]
    public async Task InputItems_ParameterThatChangesNothing_IsTaken(string query)
    {
        await using var server = await HttpServer.StartAsync();
        server.Pipeline.Answer = static (_, _) => Task.FromResult(Answers.Whole(Text));
        var id = (string)(await PostAsync(server, """{"model":"mini","input":[{"id":"rs_1","type":"reasoning","summary":[],"encrypted_content":"sealed"},{"id":"msg_1","role":"user","content":"a"}]}"""))["id"]!;

        var items = await GetAsync(server, $"v1/responses/{id}/input_items?{query}");

        Assert.Equal("sealed", (string)items["data"]![1]!["encrypted_content"]!);
    }

    [Theory]
    [InlineData("""{"model":"mini","input":"a","previous_response_id":"resp_0123456789abcdef0123456789abcdef"}""", "previous_response_id")]
    [InlineData("""{"model":"mini","input":"a","previous_response_id":"../x"}""", "previous_response_id")]
    [InlineData("""{"model":"mini","input":["a",{"type":"item_reference","id":"msg_0123456789abcdef0123456789abcdef_0"}]}""", "input[1].id")]
    public async Task Post_WhatIsNotKept_Is400AndSaysBothWaysOut(string body, string param)
    {
        await using var server = await HttpServer.StartAsync();

        await RefusedAsync(server, body, param);
    }

    [Theory]
    [InlineData("""{"model":"mini","input":"a","previous_response_id":5}""", "previous_response_id")]
    [InlineData("""{"model":"mini","input":"a","previous_response_id":{}}""", "previous_response_id")]
    [InlineData("""{"model":"mini","input":"a","store":"false"}""", "store")]
    [InlineData("""{"model":"mini","input":"a","background":1}""", "background")]
    [InlineData("""{"model":"mini","input":"a","store":true,"store":false}""", "store")]
    [InlineData("""{"model":"mini","input":"a","store":true,"input":"b"}""", "input")]
    public async Task Post_MemberThatSaysWhatIsKeptCannotBeRead_IsRefusedByName(string body, string param)
    {
        await using var server = await HttpServer.StartAsync();

        var error = (await PostAsync(server, body))["error"]!;

        Assert.Equal(("invalid_request", param), ((string)error["code"]!, (string)error["param"]!));
    }

    [Fact]
    public async Task Kept_OfAnotherKey_IsNotThere()
    {
        var router = new RouterBuilder().Model("mini").Key("s3cret-key-of-one", "one").Key("s3cret-key-of-two", "two").Build();
        await using var server = await HttpServer.StartAsync(router);
        server.Pipeline.Answer = static (_, _) => Task.FromResult(Answers.Whole(Text));
        server.Client.DefaultRequestHeaders.Authorization = new("Bearer", "s3cret-key-of-one");
        var id = (string)(await PostAsync(server, """{"model":"mini","input":"a"}"""))["id"]!;

        server.Client.DefaultRequestHeaders.Authorization = new("Bearer", "s3cret-key-of-two");

        Assert.Equal(HttpStatusCode.NotFound, (await server.Client.GetAsync($"v1/responses/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await server.Client.DeleteAsync($"v1/responses/{id}")).StatusCode);
        await RefusedAsync(server, $$"""{"model":"mini","input":"a","previous_response_id":"{{id}}"}""", "previous_response_id");
    }

    [Fact]
    public async Task Kept_AtAnotherInstance_IsThereUntilItsTimeHasPassed()
    {
        var store = new MemoryTableStore(new ManualTimeProvider());
        await using var one = await HttpServer.StartAsync(store: store);
        await using var two = await HttpServer.StartAsync(store: store);
        one.Pipeline.Answer = static (_, _) => Task.FromResult(Answers.Whole(Text));
        var path = $"v1/responses/{(string)(await PostAsync(one, """{"model":"mini","input":"a"}"""))["id"]!}";

        Assert.Equal(HttpStatusCode.OK, (await two.Client.GetAsync(path)).StatusCode);
        two.Time.Advance(TimeSpan.FromDays(31));
        Assert.Equal(HttpStatusCode.NotFound, (await two.Client.GetAsync(path)).StatusCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Post_AnswerTooLargeToBeKept_SaysThatItIsNot(bool stream)
    {
        await using var server = await HttpServer.StartAsync();
        var large = new string('a', 9 * 1024 * 1024);
        server.Pipeline.Answer = (_, _) => Task.FromResult(stream
            ? Answers.Streaming(new ScriptedStream().Send($$$"""{"choices":[{"index":0,"delta":{"content":"{{{large}}}"},"finish_reason":null}]}""").Send("""{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""").End())
            : Answers.Whole($$$"""{"id":"c","choices":[{"index":0,"message":{"content":"{{{large}}}"},"finish_reason":"stop"}]}"""));

        var text = await TextAsync(server, $$"""{"model":"mini","input":"a","store":true,"stream":{{(stream ? "true" : "false")}}}""");
        var response = stream ? JsonNode.Parse(text.Split("data: ")[^1])!["response"]! : JsonNode.Parse(text)!;

        Assert.Equal(("completed", false), ((string)response["status"]!, (bool)response["store"]!));
        Assert.Equal(HttpStatusCode.NotFound, (await server.Client.GetAsync($"v1/responses/{(string)response["id"]!}")).StatusCode);
    }

    [Fact]
    public async Task Post_StreamFails_SaysThatItIsNotKept()
    {
        await using var server = await HttpServer.StartAsync();
        server.Pipeline.Answer = static (_, _) => Task.FromResult(Answers.Streaming(new ScriptedStream()
            .Send("""{"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":null}]}""")
            .Send("""{"choices":[{"index":0,"delta":{},"finish_reason":"error"}],"error":{"message":"The model failed.","type":"server_error","param":null,"code":"upstream_error"}}""").End()));

        var told = (await TextAsync(server, """{"model":"mini","input":"Hello","store":true,"stream":true}""")).Split("data: ").Skip(1).Select(static data => JsonNode.Parse(data.Split('\n')[0])!["response"]).OfType<JsonNode>();

        Assert.Equal([("in_progress", true), ("in_progress", true), ("failed", false)], told.Select(static response => ((string)response["status"]!, (bool)response["store"]!)));
    }

    [Fact]
    public async Task Post_StorageIsDown_IsAnsweredAllTheSame()
    {
        var store = new ScriptedStore(new MemoryTableStore(TimeProvider.System)) { Answer = static _ => throw new TableStoreUnavailableException("down") };
        await using var server = await HttpServer.StartAsync(store: store);
        server.Pipeline.Answer = static (_, _) => Task.FromResult(Answers.Whole(Text));

        var response = await PostAsync(server, """{"model":"mini","input":"a"}""");

        Assert.Equal(("completed", false), ((string)response["status"]!, (bool)response["store"]!));
        Assert.Contains(server.Log.Entries, static entry => entry.Level == LogLevel.Warning && entry.Message.Contains("is not kept", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Post_WithTheEarlierTurnsTooLarge_Is413ByName()
    {
        await using var server = await HttpServer.StartAsync(new RouterBuilder().Model("mini").Bodies(64 * 1024, 1024 * 1024).Build());
        server.Pipeline.Answer = static (_, _) => Task.FromResult(Answers.Whole(Text));
        var padding = new string('a', 40 * 1024);
        var id = (string)(await PostAsync(server, $$"""{"model":"mini","input":"{{padding}}","store":true}"""))["id"]!;

        using var refused = await server.PostAsync(Encoding.UTF8.GetBytes($$"""{"model":"mini","input":"{{padding}}","previous_response_id":"{{id}}"}"""), "v1/responses");
        var next = await PostAsync(server, $$"""{"model":"mini","input":"b","previous_response_id":"{{id}}"}""");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
        var error = JsonNode.Parse(await refused.Content.ReadAsStringAsync())!["error"]!;
        Assert.Equal("previous_response_id", (string)error["param"]!);
        Assert.Contains("server.maxRequestBytes", (string)error["message"]!, StringComparison.Ordinal);
        Assert.Equal("completed", (string)next["status"]!);
    }

    [Fact]
    public async Task Post_ItemNamedOftenUntilItIsTooLarge_Is413ByName()
    {
        await using var server = await HttpServer.StartAsync(new RouterBuilder().Model("mini").Bodies(64 * 1024, 1024 * 1024).Build());
        var padding = new string('a', 20 * 1024);
        server.Pipeline.Answer = (_, _) => Task.FromResult(Answers.Whole($$$"""{"id":"c","choices":[{"index":0,"message":{"content":"{{{padding}}}"},"finish_reason":"stop"}]}"""));
        var id = (string)(await PostAsync(server, """{"model":"mini","input":"a","store":true}"""))["output"]![0]!["id"]!;
        string Named(int times) => $$"""{"model":"mini","store":false,"input":[{{string.Join(',', Enumerable.Repeat($$"""{"type":"item_reference","id":"{{id}}"}""", times))}},"b"]}""";

        using var refused = await server.PostAsync(Encoding.UTF8.GetBytes(Named(4)), "v1/responses");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
        Assert.Equal("input[3].id", (string)JsonNode.Parse(await refused.Content.ReadAsStringAsync())!["error"]!["param"]!);
        Assert.Equal("completed", (string)(await PostAsync(server, Named(2)))["status"]!);
    }

    [Fact]
    public async Task Post_EarlierTurnsFindNoRoomBesideOtherBodies_Is503AndRoomIsGivenBack()
    {
        await using var server = await HttpServer.StartAsync(new RouterBuilder().Model("mini").Bodies(256 * 1024, 256 * 1024).Build());
        server.Pipeline.Answer = static (_, _) => Task.FromResult(Answers.Whole(Text));
        var id = (string)(await PostAsync(server, $$"""{"model":"mini","input":"{{new string('a', 100 * 1024)}}","store":true}"""))["id"]!;
        var (held, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        server.Pipeline.Answer = async (_, cancellationToken) =>
        {
            held.TrySetResult();
            await go.Task.WaitAsync(cancellationToken);
            return Answers.Whole(Text);
        };
        var first = PostAsync(server, $$"""{"model":"mini","input":"b","previous_response_id":"{{id}}"}""");
        await held.Task;
        var second = PostAsync(server, $$"""{"model":"mini","input":"{{new string('b', 100 * 1024)}}","previous_response_id":"{{id}}"}""");

        await server.Time.WaitForTimersAsync();
        server.Time.Advance(BodyMemoryQuota.MaxWait);

        Assert.Equal("temporarily_unavailable", (string)(await second)["error"]!["code"]!);
        go.SetResult();
        Assert.Equal("completed", (string)(await first)["status"]!);
        Assert.Equal("completed", (string)(await PostAsync(server, $$"""{"model":"mini","input":"{{new string('b', 100 * 1024)}}","previous_response_id":"{{id}}"}"""))["status"]!);
    }

    [Fact]
    public async Task Post_StorageIsDownWhereAnAnswerIsLookedFor_GivesTheRoomOfItsBodyBack()
    {
        var store = new ScriptedStore(new MemoryTableStore(TimeProvider.System)) { Answer = static _ => throw new TableStoreUnavailableException("down") };
        await using var server = await HttpServer.StartAsync(new RouterBuilder().Model("mini").Bodies(64 * 1024, 64 * 1024).Build(), store: store);
        server.Pipeline.Answer = static (_, _) => Task.FromResult(Answers.Whole(Text));
        var padding = new string('a', 48 * 1024);

        for (var request = 0; request < 4; request++)
        {
            using var refused = await server.PostAsync(Encoding.UTF8.GetBytes($$"""{"model":"mini","input":"{{padding}}","previous_response_id":"resp_1"}"""), "v1/responses");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        }

        Assert.Equal("completed", (string)(await PostAsync(server, $$"""{"model":"mini","input":"{{padding}}","store":false}"""))["status"]!);
    }

    [Fact]
    public async Task Post_Background_IsQueuedAndCanBeTakenBack()
    {
        await using var server = await HttpServer.StartAsync();

        var queued = await PostAsync(server, """{"model":"mini","instructions":"x","input":"a","background":true}""");
        var path = $"v1/responses/{(string)queued["id"]!}";
        var cancelled = JsonNode.Parse(await (await server.Client.PostAsync($"{path}/cancel", null)).Content.ReadAsStringAsync())!;

        Assert.Equal(("queued", true, true, "x"), ((string)queued["status"]!, (bool)queued["background"]!, (bool)queued["store"]!, (string)queued["instructions"]!));
        Assert.Equal(("cancelled", (string)queued["id"]!), ((string)cancelled["status"]!, (string)cancelled["id"]!));
        Assert.Equal("cancelled", (string)(await GetAsync(server, path))["status"]!);
        Assert.Equal(HttpStatusCode.OK, (await server.Client.DeleteAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await server.Client.GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task Post_PrefersToBeAnsweredLater_IsABackgroundResponse()
    {
        await using var server = await HttpServer.StartAsync();
        using var accepted = await SendAsync(server, """{"model":"mini","input":"a"}""", ("Prefer", "wait=1, respond-async"));
        var queued = JsonNode.Parse(await accepted.Content.ReadAsStringAsync())!;

        Assert.Equal((HttpStatusCode.Accepted, $"/v1/responses/{(string)queued["id"]!}"), (accepted.StatusCode, accepted.Headers.Location!.ToString()));
        Assert.Equal("respond-async", string.Concat(accepted.Headers.GetValues("Preference-Applied")));
        Assert.Equal(("queued", true, true), ((string)queued["status"]!, (bool)queued["background"]!, (bool)queued["store"]!));
        Assert.Equal("queued", (string)(await GetAsync(server, accepted.Headers.Location.ToString()))["status"]!);
    }

    [Theory]
    [InlineData("""{"model":"mini","input":"a","store":false}""", "background")]
    [InlineData("""{"model":"mini","input":"a","stream":true}""", "stream")]
    public async Task Post_PrefersToBeAnsweredLaterAndCannot_IsRefused(string body, string param)
    {
        await using var server = await HttpServer.StartAsync();
        using var refused = await SendAsync(server, body, ("Prefer", "respond-async"));

        var error = JsonNode.Parse(await refused.Content.ReadAsStringAsync())!["error"]!;
        Assert.Equal((HttpStatusCode.BadRequest, param), (refused.StatusCode, (string)error["param"]!));
        Assert.Contains("respond-async", (string)error["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Messages_PrefersToBeAnsweredLater_IsAnsweredNowAndSaysNothingElse()
    {
        await using var server = await HttpServer.StartAsync();
        server.Pipeline.Answer = static (_, _) => Task.FromResult(Answers.Whole(Text));
        using var answered = await SendAsync(server, """{"model":"mini","max_tokens":9,"messages":[{"role":"user","content":"a"}]}""", "v1/messages", ("Prefer", "respond-async"));

        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
        Assert.False(answered.Headers.Contains("Preference-Applied"));
        Assert.Equal("message", (string)JsonNode.Parse(await answered.Content.ReadAsStringAsync())!["type"]!);
    }

    [Fact]
    public async Task Post_BackgroundSentAgainWithItsKey_IsTheSameResponse()
    {
        await using var server = await HttpServer.StartAsync();
        const string Body = """{"model":"mini","input":"a","background":true}""";
        using var first = await SendAsync(server, Body, ("Idempotency-Key", "once"));
        using var again = await SendAsync(server, Body, ("Idempotency-Key", "once"));
        using var other = await SendAsync(server, """{"model":"mini","input":"b","background":true}""", ("Idempotency-Key", "once"));

        Assert.Equal(await first.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Conflict), (again.StatusCode, other.StatusCode));
    }

    [Theory]
    [InlineData("""{"model":"mini","input":"a","background":true,"store":false}""", "background")]
    [InlineData("""{"model":"mini","input":"a","background":true,"stream":true}""", "stream")]
    public async Task Post_BackgroundThatCannotBe_IsRefused(string body, string param)
    {
        await using var server = await HttpServer.StartAsync();

        Assert.Equal(param, (string)(await PostAsync(server, body))["error"]!["param"]!);
    }

    private static Task<HttpResponseMessage> SendAsync(HttpServer server, string body, params (string Name, string Value)[] headers) => SendAsync(server, body, "v1/responses", headers);

    private static async Task<HttpResponseMessage> SendAsync(HttpServer server, string body, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await server.Client.SendAsync(request);
    }

    private static async Task<string> TextAsync(HttpServer server, string body)
    {
        using var response = await server.PostAsync(Encoding.UTF8.GetBytes(body), "v1/responses");
        return await response.Content.ReadAsStringAsync();
    }

    private static async Task<JsonNode> PostAsync(HttpServer server, string body) => JsonNode.Parse(await TextAsync(server, body))!;

    private static async Task<JsonNode> GetAsync(HttpServer server, string path) => JsonNode.Parse(await server.Client.GetStringAsync(path))!;

    private static async Task RefusedAsync(HttpServer server, string body, string param)
    {
        var error = (await PostAsync(server, body))["error"]!;

        Assert.Equal(("previous_response_not_found", param), ((string)error["code"]!, (string)error["param"]!));
        Assert.Contains("'input'", (string)error["message"]!, StringComparison.Ordinal);
        Assert.Contains("storeResponses", (string)error["message"]!, StringComparison.Ordinal);
    }
}
