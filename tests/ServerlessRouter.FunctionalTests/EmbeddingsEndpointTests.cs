using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ServerlessRouter.FunctionalTests.Jobs;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Embeddings;
using ServerlessRouter.Testing.Upstreams;
using Xunit;

namespace ServerlessRouter.FunctionalTests;

/// <summary>Embeddings for callers, by the engine that answers chats: two deployments of one model, another model beside it, and a model that chats.</summary>
public sealed class EmbeddingsEndpointTests : IAsyncLifetime
{
    private const string Path = "v1/embeddings";
    private const string MakesEmbeddings = """{"capabilities":["embeddings"],"balancing":"round-robin","price":{"inputPerMillion":1.00}}""";

    private FakeUpstream _east = null!;
    private FakeUpstream _west = null!;
    private FakeUpstream _other = null!;
    private RunningRouter _router = null!;

    public async Task InitializeAsync()
    {
        (_east, _west, _other) = (await FakeUpstream.StartAsync(), await FakeUpstream.StartAsync(), await FakeUpstream.StartAsync());
        _router = await RunningRouter.StartAsync(File());
    }

    public async Task DisposeAsync()
    {
        await _router.DisposeAsync();
        await _east.DisposeAsync();
        await _west.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Fact]
    public async Task Embed_Texts_VectorsInOrderBilledAndExplained()
    {
        var answer = await EmbedAsync("""{"model":"small","input":["a red fox","a blue whale"]}""", ("x-router-metadata", "enabled"));

        Assert.Equal([HashedVector.Of("a red fox"), HashedVector.Of("a blue whale")], VectorsOf(answer));
        Assert.Equal((6, 6), ((int)answer.Usage!["prompt_tokens"]!, (int)answer.Usage["total_tokens"]!));
        Assert.Equal(await BilledUsdAsync(), answer.CostUsd);
        Assert.Equal(0.000006m, answer.CostUsd);
        Assert.Equal(("small", "small", "1"), (answer.Header("x-router-model"), answer.Header("x-router-route"), answer.Header("x-router-attempts")));
        Assert.Equal("0.000006", answer.Header("x-router-cost"));
        Assert.NotNull(answer.Header("x-request-id"));
        Assert.Equal(["embeddings"], answer.Metadata!["profile"]!["needs"]!.AsArray().Select(static need => (string)need!));
        Assert.Equal("answered", (string?)Assert.Single(answer.Metadata["attempts"]!.AsArray())!["outcome"]);
    }

    [Theory]
    [InlineData("""{ "input" : "a" ,"model":"small", "input_type":"query","user":"u-1", "é":[1, 2] }""", """{ "input" : "a" ,"model":"NAME", "input_type":"query","user":"u-1", "é":[1, 2] }""")]
    [InlineData("""{"input":[[15, 4],[7]],"model":"small","dimensions":2,"encoding_format":"float"}""", """{"input":[[15, 4],[7]],"model":"NAME","dimensions":2,"encoding_format":"float"}""")]
    [InlineData("""{"model":"small","provider":{"allow_fallbacks":true},"session_id":"s","models":["small"],"stream":false,"input":"a"}""", """{"model":"NAME","input":"a"}""")]
    public async Task Embed_Request_GoesUpAsItCameButForTheModelAndRoutersOwn(string body, string sent)
    {
        var answer = await EmbedAsync(body);

        Assert.True(answer.Status == HttpStatusCode.OK, answer.ToString());
        var request = Assert.Single(Requests);
        Assert.Equal(sent.Replace("NAME", request.Model, StringComparison.Ordinal), request.BodyText);
        Assert.Equal("/v1/embeddings", request.Path);
    }

    [Theory]
    [InlineData("base64", true)]
    [InlineData("base64", false)]
    [InlineData("float", true)]
    [InlineData("float", false)]
    [InlineData(null, true)]
    public async Task Embed_EncodingAskedFor_IsWhatComesBackWhateverTheVendorSends(string? asked, bool vendorObeys)
    {
        var vector = HashedVector.Of("a");
        var base64 = Convert.ToBase64String(MemoryMarshal.AsBytes<float>(vector));
        if (!vendorObeys)
        {
            var written = asked == "base64" ? JsonSerializer.Serialize(vector) : $"\"{base64}\"";
            Script(Reply.Body($$"""{"object":"list","data":[{"object":"embedding","index":0,"embedding":{{written}} }],"model":"m","usage":{"prompt_tokens":1,"total_tokens":1} }""", "application/json"));
        }

        var format = asked is null ? "" : $",\"encoding_format\":\"{asked}\"";

        var answer = await EmbedAsync("""{"model":"small","input":"a" """ + format + "}");

        var embedding = answer.Json["data"]![0]!["embedding"]!;
        if (asked == "base64")
            Assert.Equal(base64, (string)embedding!);
        else
            Assert.Equal(vector, embedding.AsArray().Select(static number => (float)number!));
        Assert.Equal(0.000001m, answer.CostUsd);
        Assert.Equal(asked is not null, Assert.Single(Requests).Json!.ContainsKey("encoding_format"));
    }

    [Fact]
    public async Task Embed_VendorRefusesBase64_ItsModelDropsTheParameterAndTheCallerGetsIt()
    {
        await using var router = await RunningRouter.StartAsync(new RouterFile().Upstream("small", _east, """{"capabilities":["embeddings"],"parameters":{"drop":["encoding_format"]}}"""));

        var answer = await router.PostAsync(Path, Body("""{"model":"small","input":"a","encoding_format":"base64"}"""));

        Assert.Equal(MemoryMarshal.AsBytes<float>(HashedVector.Of("a")), Convert.FromBase64String((string)answer.Json["data"]![0]!["embedding"]!));
        Assert.Null(_east.Books.Requests[0].Json!["encoding_format"]);
    }

    [Theory]
    [InlineData("500")]
    [InlineData("429")]
    [InlineData("401")]
    [InlineData("404")]
    [InlineData("reset")]
    [InlineData("""{"data":[]}""")]
    [InlineData("""<html/>""")]
    [InlineData("""{"data":[{"index":0,"embedding":[1,1e99]}]}""")]
    [InlineData("""{"data":[{"index":0,"embedding":"AADAfwAAwH8="}]}""")]
    [InlineData("""{"data":[{"index":0,"embedding":[1,2]},{"index":1,"embedding":[1,2]}]}""")]
    [InlineData("""{"error":{"message":"overloaded","type":"server_error"}}""")]
    // Another width than the one asked for.
    [InlineData("""{"data":[{"index":0,"embedding":[1,2,3]}]}""")]
    public async Task Embed_DeploymentFails_TheOtherOfTheSameModelAnswers(string fault)
    {
        var broken = fault switch
        {
            "reset" => Reply.Vector(1, 2).ResetAt(ReplyPoint.BeforeHeaders),
            [>= '0' and <= '9', ..] => Reply.Status(int.Parse(fault)),
            _ => Reply.Body(fault, "application/json"),
        };
        // Whichever of the two is asked first.
        var isFirst = 0;
        Func<UpstreamRequest, Reply> once = _ => Interlocked.Increment(ref isFirst) == 1 ? broken : Reply.Vector(1, 2);
        _east.Default(once);
        _west.Default(once);

        var answer = await EmbedAsync("""{"model":"small","input":"a","dimensions":2}""");

        Assert.True(answer.Status == HttpStatusCode.OK, answer.ToString());
        Assert.Equal([[1f, 2f]], VectorsOf(answer));
        Assert.Equal(2, answer.Attempts);
        Assert.Equal((1, 1, 0), (_east.Books.Requests.Count, _west.Books.Requests.Count, _other.Books.Requests.Count));
        Assert.Equal(await BilledUsdAsync(), answer.CostUsd);
    }

    [Fact]
    public async Task Embed_EveryDeploymentDown_AnotherModelIsNeverAsked()
    {
        _east.Default(Reply.Status(500));
        _west.Default(Reply.Status(500));

        var answer = await EmbedAsync("""{"model":"small","input":"a"}""");

        Assert.Equal((HttpStatusCode.BadGateway, "upstream_error"), (answer.Status, answer.ErrorCode));
        Assert.Empty(_other.Books.Requests);
    }

    [Fact]
    public async Task Embed_NoDeploymentHonoursDimensions_TheCallerHearsItAndNoneIsTakenOut()
    {
        _east.Default(Reply.Vector(1, 2, 3));
        _west.Default(Reply.Vector(1, 2, 3));
        for (var time = 0; time < 12; time++)
        {
            var answer = await EmbedAsync("""{"model":"small","input":"a","dimensions":8}""");
            Assert.Equal((HttpStatusCode.BadRequest, "dimensions"), (answer.Status, (string?)answer.Error!["param"]));
            Assert.Contains("3 numbers instead of the 8 asked for", answer.ErrorMessage, StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.OK, (await EmbedAsync("""{"model":"small","input":"a"}""")).Status);
    }

    [Fact]
    public async Task Embed_VendorRefuses_ItsWordsReachTheCallerAndNoOtherIsAsked()
    {
        Script(Reply.Error(400, "This model's maximum context length is 8192 tokens, however you requested 9001 tokens.", "invalid_request_error"));

        var answer = await EmbedAsync("""{"model":"small","input":"a"}""");

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains("8192", answer.ErrorMessage, StringComparison.Ordinal);
        Assert.Single(Requests);
    }

    [Fact]
    public async Task Embed_TwoDeployments_ShareTheRequests()
    {
        for (var time = 0; time < 6; time++)
            await EmbedAsync("""{"model":"small","input":"a"}""");

        Assert.Equal((3, 3), (_east.Books.Requests.Count, _west.Books.Requests.Count));
    }

    [Theory]
    [InlineData(Path, """{"model":"mini","input":"a"}""", 400, "model", "'mini' answers chats and makes no embeddings. Ask for 'large' or 'search' or 'small'")]
    [InlineData(Path, """{"model":"auto","input":"a"}""", 400, "model", "'auto' answers chats and makes no embeddings.")]
    [InlineData("v1/chat/completions", """{"model":"small","messages":[{"role":"user","content":"Hi"}]}""", 400, "model", "'small' makes embeddings and answers no chat. Ask for 'auto' or 'mini'")]
    [InlineData("v1/chat/completions", """{"model":"search","messages":[{"role":"user","content":"Hi"}]}""", 400, "model", "'search' makes embeddings and answers no chat.")]
    [InlineData(Path, """{"model":"smal","input":"a"}""", 404, "model", "Did you mean 'small'?")]
    [InlineData(Path, """{"model":"small","input":"a","stream":true}""", 400, "stream", "Embeddings are not streamed")]
    [InlineData(Path, """{"model":"small","input":[]}""", 400, "input", "'input' is empty")]
    [InlineData(Path, """{"model":"small","input":"a","provider":{"nonsense":1}}""", 400, "provider.nonsense", "nonsense")]
    [InlineData(Path, """{"model":"small","input":"a""", 400, null, "not valid JSON")]
    public async Task Post_ThatCannotBe_IsRefusedByNameBeforeACall(string path, string body, int status, string? param, string message)
    {
        var answer = await _router.PostAsync(path, Body(body));

        Assert.Equal((status, param), ((int)answer.Status, (string?)answer.Error!["param"]));
        Assert.Contains(message, answer.ErrorMessage, StringComparison.Ordinal);
        Assert.Empty(Requests);
    }

    [Fact]
    public async Task Chat_EmbeddingModelAmongFallbacks_IsPassedOver()
    {
        _other.Default(request => request.IsForEmbeddings ? Reply.Vector(1) : Reply.Text("Hello."));

        var answer = await _router.ChatAsync(Body("""{"model":"mini","models":["small"],"messages":[{"role":"user","content":"Hi"}]}"""), ("x-router-metadata", "enabled"));

        Assert.Equal("Hello.", answer.Text);
        var exclusion = Assert.Single(answer.Metadata!["exclusions"]!.AsArray())!;
        Assert.Equal(("small", "capability"), ((string?)exclusion["model"], (string?)exclusion["reason"]));
    }

    [Theory]
    [InlineData("openai/v1/embeddings", "small")]
    [InlineData("openai/deployments/small/embeddings?api-version=2024-10-21", "whatever")]
    [InlineData("openai/deployments/search/embeddings?api-version=2024-10-21", "whatever")]
    public async Task Post_AzuresPaths_AreServedToo(string path, string model)
    {
        var answer = await _router.PostAsync(path, Body($$"""{"model":"{{model}}","input":"a red fox"}"""), ("api-key", "any"));

        Assert.Equal([HashedVector.Of("a red fox")], VectorsOf(answer));
        Assert.Equal("small", answer.Header("x-router-model"));
    }

    [Fact]
    public async Task Embed_VendorTellsNoUsage_IsEstimatedAndIdsAreCountedExactly()
    {
        Script(Reply.Body("""{"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":[2]}],"model":"m"}""", "application/json"));

        var answer = await EmbedAsync("""{"model":"small","input":[[1,2,3],[4]]}""");

        Assert.Equal((4, 4), ((int)answer.Usage!["prompt_tokens"]!, (int)answer.Usage["total_tokens"]!));
        Assert.Null(answer.Usage["completion_tokens"]);
        Assert.True((bool)answer.Usage["cost_details"]!["is_estimated"]!);
        Assert.Equal(0.000004m, answer.CostUsd);
    }

    [Fact]
    public async Task Embed_TwoThousandTextsOfLargeVectors_AreReadThoughNoChatIsSoLong()
    {
        var texts = Enumerable.Range(0, 2048).Select(static number => $"text {number}").ToArray();

        var answer = await EmbedAsync(JsonSerializer.Serialize(new { model = "small", input = texts, dimensions = 512, encoding_format = "float" }));

        Assert.True(answer.Body.Length > 8 * 1024 * 1024, $"{answer.Body.Length}");
        Assert.Equal(HashedVector.Of("text 2047", 512), VectorsOf(answer)[2047]);
    }

    [Theory]
    [InlineData("small", "small")]
    [InlineData("search", "search")]
    public async Task Route_RequestForEmbeddings_IsExplainedAndNoModelIsAsked(string model, string route)
    {
        var answer = await _router.PostAsync("v1/route", Body($$"""{"model":"{{model}}","input":["a red fox","a blue whale"]}"""));

        Assert.True(answer.Status == HttpStatusCode.OK, answer.ToString());
        Assert.Equal((route, "small"), ((string?)answer.Json["route"], (string?)Assert.Single(answer.Json["candidates"]!.AsArray())!["model"]));
        Assert.Equal(["embeddings"], answer.Json["profile"]!["needs"]!.AsArray().Select(static need => (string)need!));
        Assert.True((decimal)answer.Json["candidates"]![0]!["cost_usd"]! > 0);
        Assert.Empty(Requests);
    }

    [Theory]
    [InlineData("""{"model":"mini","input":"a"}""", "model", "makes no embeddings")]
    [InlineData("""{"model":"small","input":[]}""", "input", "empty")]
    [InlineData("""{"model":"small","messages":[{"role":"user","content":"Hi"}],"input":"a"}""", "model", "answers no chat")]
    [InlineData("""{"model":"auto"}""", "messages", "messages")]
    public async Task Route_RequestThatWouldBeRefused_IsRefusedByTheSameName(string body, string param, string message)
    {
        var answer = await _router.PostAsync("v1/route", Body(body));

        Assert.Equal((HttpStatusCode.BadRequest, param), (answer.Status, (string?)answer.Error!["param"]));
        Assert.Contains(message, answer.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Models_List_SaysWhichMakeEmbeddings()
    {
        var models = (await _router.GetAsync("v1/models")).Json["data"]!.AsArray().ToDictionary(static model => (string)model!["id"]!, static model => model!);

        foreach (var (name, model) in models)
        {
            var embeds = model["capabilities"]!.AsArray().Any(static capability => (string?)capability == "embeddings");
            Assert.Equal(name is "small" or "large" or "search", embeds);
            Assert.Equal(embeds ? "embeddings" : null, (string?)model["architecture"]?["output_modalities"]?[0]);
            Assert.Equal(embeds, model["supported_parameters"]!.AsArray().Any(static parameter => (string?)parameter == "dimensions"));
            Assert.NotEqual(embeds, model["supported_parameters"]!.AsArray().Any(static parameter => (string?)parameter == "stream"));
        }

        Assert.Equal("small", (string?)(await _router.GetAsync("v1/models/small")).Json["id"]);
    }

    [Fact]
    public async Task Embed_Key_IsNeededAndItsTierHolds()
    {
        using var key = new SecretVariable("sk-search");
        await using var router = await RunningRouter.StartAsync(File().Tier("searchers", """{"routes":["search"]}""").Key("ann", key.Reference, """{"tier":"searchers"}"""));

        Assert.Equal(HttpStatusCode.Unauthorized, (await router.PostAsync(Path, Body("""{"model":"search","input":"a"}"""))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await router.PostAsync(Path, Body("""{"model":"large","input":"a"}"""), ("api-key", "sk-search"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await router.PostAsync(Path, Body("""{"model":"search","input":"a"}"""), ("api-key", "sk-search"))).Status);
    }

    [Fact]
    public async Task Embed_Record_AndUsageTellOfIt()
    {
        var folder = Directory.CreateTempSubdirectory("router-embeddings-");
        try
        {
            await using var router = await RunningRouter.StartAsync(File().Records(30), folder.FullName);
            await router.PostAsync(Path, Body("""{"model":"search","input":"a secret text"}"""), ("x-request-id", "mine"));
            await Eventually.HoldsAsync(async () => (await router.GetAsync("v1/requests/mine")).Status == HttpStatusCode.OK, "the record");

            var record = await router.GetAsync("v1/requests/mine");
            Assert.Equal(("search", "small"), ((string?)record.Json["route"], (string?)record.Json["model"]));
            Assert.Equal(await BilledUsdAsync(), (decimal)record.Json["cost"]!);
            Assert.DoesNotContain("secret", Encoding.UTF8.GetString(record.Body), StringComparison.Ordinal);
            var usage = Assert.Single((await router.GetAsync("v1/usage?group_by=model")).Json["data"]!.AsArray())!;
            Assert.Equal(("small", await BilledUsdAsync()), ((string?)usage["model"], (decimal)usage["cost"]!));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Batch_OfEmbeddings_IsAnsweredLineByLine()
    {
        var client = new JobClient(_router.Client);
        var file = await client.UploadAsync(
            Line("r-0", """{"model":"small","input":"a red fox"}"""), Line("r-1", """{"model":"search","input":["a","b"],"encoding_format":"base64"}"""),
            Line("r-2", """{"model":"mini","input":"a"}"""), Line("r-3", """{"model":"small","input":[]}"""));
        var (_, created) = await client.PostAsync("v1/batches", $$"""{"input_file_id":"{{file}}","endpoint":"/v1/embeddings","completion_window":"24h"}""");

        var batch = await client.EndOfAsync($"v1/batches/{(string)created!["id"]!}");

        Assert.Equal(("completed", "/v1/embeddings"), ((string?)batch["status"], (string?)batch["endpoint"]));
        Assert.Equal("""{"total":4,"completed":2,"failed":2}""", batch["request_counts"]!.ToJsonString());
        Assert.Equal(await BilledUsdAsync(), (decimal)batch["usage"]!["cost"]!);
        var lines = await client.ReadAsync((string)batch["output_file_id"]!);
        Assert.Equal(HashedVector.Of("a red fox"), lines[0]["response"]!["body"]!["data"]![0]!["embedding"]!.AsArray().Select(static number => (float)number!));
        Assert.Equal(2, lines[1]["response"]!["body"]!["data"]!.AsArray().Count);
        var errors = await client.ReadAsync((string)batch["error_file_id"]!);
        Assert.Equal([400, 400], errors.Select(static error => (int)error["response"]!["status_code"]!));
    }

    [Fact]
    public async Task Batch_LineOfAnotherEndpoint_FailsByName()
    {
        var client = new JobClient(_router.Client);
        var file = await client.UploadAsync(Line("r-0", """{"model":"small","input":"a"}"""), JobClient.Line("r-1"));
        var (_, created) = await client.PostAsync("v1/batches", $$"""{"input_file_id":"{{file}}","endpoint":"/v1/embeddings","completion_window":"24h"}""");

        var batch = await client.EndOfAsync($"v1/batches/{(string)created!["id"]!}");

        Assert.Equal("mismatched_endpoint", (string?)Assert.Single(batch["errors"]!["data"]!.AsArray())!["code"]);
        var (status, refused) = await client.PostAsync("v1/batches", $$"""{"input_file_id":"{{file}}","endpoint":"/v1/moderations","completion_window":"24h"}""");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("/v1/chat/completions, /v1/embeddings, /v1/responses or /v1/messages", (string)refused!["error"]!["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Embed_RespondAsync_IsAnsweredLater()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = new ByteArrayContent(Body("""{"model":"small","input":"a red fox"}""")), Headers = { { "Prefer", "respond-async" } } };
        using var response = await _router.Client.SendAsync(request);

        var job = await new JobClient(_router.Client).EndOfAsync(response.Headers.Location!.ToString().TrimStart('/'));

        Assert.Equal((HttpStatusCode.Accepted, "completed"), (response.StatusCode, (string?)job["status"]));
        Assert.Equal(HashedVector.Of("a red fox"), job["response"]!["body"]!["data"]![0]!["embedding"]!.AsArray().Select(static number => (float)number!));
    }

    [Fact]
    public async Task Embed_RouterWithoutConfiguration_MakesVectorsThatMeanSomething()
    {
        await using var router = await RunningRouter.StartAsync(Encoding.UTF8.GetString(Configuration.Loading.BuiltInConfiguration.Read().Span));
        const string Texts = """["the red fox jumps","The red fox sleeps","invoices of march"]""";

        var answer = await router.PostAsync(Path, Body($$"""{"model":"vectors","input":{{Texts}},"dimensions":64}"""));
        var again = await router.PostAsync(Path, Body($$"""{"model":"vectors","input":{{Texts}},"dimensions":64}"""));

        Assert.True(answer.Status == HttpStatusCode.OK, answer.ToString());
        var vectors = VectorsOf(answer);
        Assert.All(vectors, static vector => Assert.Equal(1, Product(vector, vector), 0.0001));
        Assert.True(Product(vectors[0], vectors[1]) > Product(vectors[0], vectors[2]) + 0.3);
        Assert.Equal(vectors, VectorsOf(again));
        Assert.Equal(64, vectors[0].Length);
        Assert.Equal(2, VectorsOf(await router.PostAsync(Path, Body("""{"model":"vectors","input":[[1,2],[3]]}"""))).Count);
    }

    private static double Product(float[] left, float[] right) => left.Zip(right, static (one, other) => (double)one * other).Sum();

    private static string Line(string id, string body) =>
        new JsonObject { ["custom_id"] = id, ["method"] = "POST", ["url"] = "/v1/embeddings", ["body"] = JsonNode.Parse(body) }.ToJsonString();

    private static byte[] Body(string json) => Encoding.UTF8.GetBytes(json);

    private Task<ClientAnswer> EmbedAsync(string json, params (string Name, string Value)[] headers) => _router.PostAsync(Path, Body(json), headers);

    private List<UpstreamRequest> Requests => [.. _east.Books.Requests, .. _west.Books.Requests, .. _other.Books.Requests];

    private async Task<decimal> BilledUsdAsync() => await _east.BilledUsdAsync() + await _west.BilledUsdAsync() + await _other.BilledUsdAsync();

    private void Script(Reply reply)
    {
        _east.Default(reply);
        _west.Default(reply);
    }

    private static List<float[]> VectorsOf(ClientAnswer answer)
    {
        Assert.True(answer.Status == HttpStatusCode.OK, answer.ToString());
        var data = answer.Json["data"]!.AsArray();
        Assert.Equal(Enumerable.Range(0, data.Count), data.Select(static item => (int)item!["index"]!));
        return [.. data.Select(static item => item!["embedding"]!.AsArray().Select(static number => (float)number!).ToArray())];
    }

    private RouterFile File() => new RouterFile()
        .Provider("east", _east.OpenAiAddress).Provider("west", _west.OpenAiAddress).Model("small", ["east", "west"], MakesEmbeddings)
        .Upstream("large", _other, MakesEmbeddings).Upstream("mini", _other)
        .Route("auto", ["mini"]).Route("search", ["small"]);
}
