using System.Net;
using System.Text.Json.Nodes;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Jobs;

/// <summary>Batches whose requests are OpenAI's responses or Anthropic's messages: each line comes and goes in that schema, whatever the vendor speaks.</summary>
public sealed class DoorBatchTests : IAsyncLifetime
{
    private const string Responses = "/v1/responses";
    private const string Messages = "/v1/messages";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("router-doors-");
    private FakeUpstream _vendor = null!;
    private RunningRouter _router = null!;
    private JobClient _client = null!;

    public async Task InitializeAsync()
    {
        _vendor = await FakeUpstream.StartAsync();
        _router = await RunningRouter.StartAsync(Configuration());
        _client = new JobClient(_router.Client);
    }

    public async Task DisposeAsync()
    {
        await _router.DisposeAsync();
        await _vendor.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("chat", "/v1/chat/completions")]
    [InlineData("codex", "/v1/responses")]
    [InlineData("claude", "/v1/messages")]
    public async Task Batch_OfResponses_IsAnsweredAsResponsesByEveryKindOfVendor(string model, string path)
    {
        var end = await RunAsync(Responses, Line(Responses, "a", $$"""{"model":"{{model}}","input":"Hello there","store":false,"metadata":{"k":"v"} }"""));

        var body = Assert.Single(await OutputOf(end))["response"]!["body"]!;
        Assert.Equal(path, Assert.Single(_vendor.Books.Requests).Path);
        Assert.Equal(("response", "completed"), ((string?)body["object"], (string?)body["status"]));
        Assert.Equal("Echo: Hello there", (string?)body["output"]![0]!["content"]![0]!["text"]);
        Assert.True((decimal)end["usage"]!["cost"]! > 0);
        // What passes as it came says what the vendor says, which knows no cost.
        Assert.Equal(model == "codex" ? null : (decimal)end["usage"]!["cost"]!, (decimal?)body["usage"]!["cost"]);
        Assert.Equal((int)end["usage"]!["input_tokens"]!, (int)body["usage"]!["input_tokens"]!);
    }

    [Theory]
    [InlineData("chat", "/v1/chat/completions")]
    [InlineData("codex", "/v1/responses")]
    [InlineData("claude", "/v1/messages")]
    public async Task Batch_OfMessages_IsAnsweredAsMessagesByEveryKindOfVendor(string model, string path)
    {
        var end = await RunAsync(Messages, Line(Messages, "a", $$"""{"model":"{{model}}","max_tokens":100,"system":"Be brief.","messages":[{"role":"user","content":"Hello there"}]}"""));

        var body = Assert.Single(await OutputOf(end))["response"]!["body"]!;
        Assert.Equal(path, Assert.Single(_vendor.Books.Requests).Path);
        Assert.Equal(("message", "assistant", "end_turn"), ((string?)body["type"], (string?)body["role"], (string?)body["stop_reason"]));
        Assert.Equal("Echo: Hello there", (string?)body["content"]![0]!["text"]);
        Assert.Equal(1, (int)end["request_counts"]!["completed"]!);
        Assert.True((decimal)end["usage"]!["cost"]! > 0);
    }

    [Fact]
    public async Task Batch_AnswerOfTheSameSchema_PassesAsTheVendorWroteIt()
    {
        const string Own = """{"id":"msg_own","type":"message","role":"assistant","model":"claude-haiku-4-5","content":[{"type":"text","text":"Hi."}],"stop_reason":"end_turn","stop_sequence":null,"member_of_tomorrow":[1,2],"usage":{"input_tokens":3,"output_tokens":2}}""";
        _vendor.Next(Reply.Body(Own, "application/json"));

        var end = await RunAsync(Messages, Line(Messages, "a", """{"model":"claude","max_tokens":100,"messages":[{"role":"user","content":"Hi"}]}"""));

        var body = Assert.Single(await OutputOf(end))["response"]!["body"]!;
        Assert.Equal(("msg_own", "[1,2]"), ((string?)body["id"], body["member_of_tomorrow"]!.ToJsonString()));
    }

    [Theory]
    [InlineData("""{"model":"chat","input":"Hi","previous_response_id":"resp_1"}""", "previous_response_id", "unsupported_parameter")]
    [InlineData("""{"model":"chat","input":"Hi","background":true}""", "background", "unsupported_parameter")]
    [InlineData("""{"model":"chat","input":"Hi","store":true}""", "store", "unsupported_parameter")]
    [InlineData("""{"model":"chat","input":"Hi","stream":true}""", "stream", null)]
    [InlineData("""{"model":"chat","input":[{"type":"item_reference","id":"msg_1"}]}""", "input[0].id", null)]
    [InlineData("""{"model":"none","input":"Hi"}""", "model", "model_not_found")]
    public async Task Batch_ResponseThatCannotBeMade_IsRefusedByNameAndTheOthersAreAnswered(string body, string member, string? code)
    {
        var end = await RunAsync(Responses, Line(Responses, "bad", body), Line(Responses, "good", """{"model":"chat","input":"Hi"}"""));

        Assert.Equal("good", (string?)Assert.Single(await OutputOf(end))["custom_id"]);
        var refused = Assert.Single(await _client.ReadAsync((string)end["error_file_id"]!))["response"]!;
        Assert.InRange((int)refused["status_code"]!, 400, 404);
        Assert.Equal(member, (string?)refused["body"]!["error"]!["param"]);
        if (code is not null)
            Assert.Equal(code, (string?)refused["body"]!["error"]!["code"]);
        Assert.Single(_vendor.Books.Requests);
    }

    [Theory]
    [InlineData("""{"model":"chat","messages":[{"role":"user","content":"Hi"}]}""", 400, "invalid_request_error", "max_tokens")]
    [InlineData("""{"model":"chat","max_tokens":9,"stream":true,"messages":[{"role":"user","content":"Hi"}]}""", 400, "invalid_request_error", "stream")]
    [InlineData("""{"model":"none","max_tokens":9,"messages":[{"role":"user","content":"Hi"}]}""", 404, "not_found_error", "none")]
    public async Task Batch_MessageThatCannotBeMade_IsRefusedInAnthropicsForm(string body, int status, string type, string words)
    {
        var end = await RunAsync(Messages, Line(Messages, "bad", body));

        var refused = Assert.Single(await _client.ReadAsync((string)end["error_file_id"]!))["response"]!;
        Assert.Equal(status, (int)refused["status_code"]!);
        Assert.Equal(("error", type), ((string?)refused["body"]!["type"], (string?)refused["body"]!["error"]!["type"]));
        Assert.Contains(words, (string?)refused["body"]!["error"]!["message"], StringComparison.Ordinal);
        Assert.Equal((string?)refused["request_id"], (string?)refused["body"]!["request_id"]);
    }

    [Theory, InlineData(Responses), InlineData(Messages)]
    public async Task Batch_VendorRefusesInWordsThatAreNoJson_TheErrorFileIsJsonAllTheSame(string endpoint)
    {
        _vendor.Default(Reply.Body("<html>No.</html>", "text/html", 400));

        var end = await RunAsync(endpoint, Line(endpoint, "a", endpoint == Responses
            ? """{"model":"chat","input":"Hi"}"""
            : """{"model":"chat","max_tokens":9,"messages":[{"role":"user","content":"Hi"}]}"""));

        var refused = Assert.Single(await _client.ReadAsync((string)end["error_file_id"]!))["response"]!;
        Assert.NotEmpty((string)refused["body"]!["error"]!["message"]!);
    }

    [Fact]
    public async Task Batch_LineOfAnotherEndpoint_FailsTheBatch()
    {
        var end = await RunAsync(Messages, Line(Responses, "a", """{"model":"chat","input":"Hi"}"""));

        Assert.Equal(("failed", "mismatched_endpoint"), ((string?)end["status"], (string?)end["errors"]!["data"]![0]!["code"]));
    }

    [Theory, InlineData(Responses), InlineData(Messages)]
    public async Task Batch_ProcessKilledWhileItRuns_EveryItemIsAnsweredInItsFormAndBilledOnce(string endpoint)
    {
        const int Items = 12;
        const int Answered = 4;
        var configuration = Path.Combine(_folder.FullName, "router.json");
        await File.WriteAllTextAsync(configuration, Configuration().ToString());
        var answer = Reply.Text("Answered.").Usage(10, 5);
        _vendor.Default(answer.HangAt(ReplyPoint.BeforeHeaders));
        _vendor.Next([.. Enumerable.Repeat(answer, Answered)]);

        string batch;
        await using (var killed = await KillableRouter.StartAsync(configuration, _folder))
        {
            batch = await CreateAsync(killed.Client, endpoint, [.. Enumerable.Range(0, Items).Select(number => Line(endpoint, $"r-{number}", endpoint == Responses
                ? """{"model":"chat","input":"Hi"}"""
                : """{"model":"chat","max_tokens":9,"messages":[{"role":"user","content":"Hi"}]}"""))]);
            await _vendor.WaitForRequestAsync(Answered + 1);
        }

        _vendor.Default(answer);
        await using var last = await KillableRouter.StartAsync(configuration, _folder);
        var end = await last.Client.EndOfAsync($"v1/batches/{batch}");

        Assert.Equal($$"""{"total":{{Items}},"completed":{{Items}},"failed":0}""", end["request_counts"]!.ToJsonString());
        Assert.Equal((Items * 10, Items * 5), ((int)end["usage"]!["input_tokens"]!, (int)end["usage"]!["output_tokens"]!));
        var answers = await last.Client.ReadAsync((string)end["output_file_id"]!);
        Assert.Equal(Items, answers.Count);
        Assert.All(answers, line => Assert.Equal("Answered.", endpoint == Responses
            ? (string?)line["response"]!["body"]!["output"]![0]!["content"]![0]!["text"]
            : (string?)line["response"]!["body"]!["content"]![0]!["text"]));
    }

    private RouterFile Configuration() => new RouterFile()
        .Provider("openai", _vendor.OpenAiAddress)
        .Provider("anthropic", _vendor.OpenAiAddress, "anthropic")
        .Model("chat", ["openai"])
        .Model("codex", [], """{"deployments":[{"provider":"openai","name":"gpt-codex","responses":true}]}""")
        .Model("claude", [], """{"deployments":[{"provider":"anthropic","name":"claude-haiku-4-5"}]}""")
        .Route("auto", ["chat"]);

    private static string Line(string endpoint, string customId, string body) =>
        new JsonObject { ["custom_id"] = customId, ["method"] = "POST", ["url"] = endpoint, ["body"] = JsonNode.Parse(body) }.ToJsonString();

    private async Task<JsonNode> RunAsync(string endpoint, params string[] lines) => await _client.EndOfAsync($"v1/batches/{await CreateAsync(_client, endpoint, lines)}");

    private static async Task<string> CreateAsync(JobClient client, string endpoint, string[] lines)
    {
        var order = JobClient.Order(await client.UploadAsync(lines)).Replace("/v1/chat/completions", endpoint, StringComparison.Ordinal);
        var (status, batch) = await client.PostAsync("v1/batches", order);
        Assert.True(status == HttpStatusCode.OK, batch?.ToJsonString());
        return (string)batch!["id"]!;
    }

    private Task<List<JsonNode>> OutputOf(JsonNode end) => _client.ReadAsync((string?)end["output_file_id"] ?? throw new InvalidDataException(end.ToJsonString()));
}
