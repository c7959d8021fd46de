using System.Net;
using System.Text;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Jobs;

/// <summary>OpenAI's files and batches over a running router.</summary>
public sealed class BatchApiTests : IAsyncLifetime
{
    private FakeUpstream _upstream = null!;
    private RunningRouter _router = null!;
    private JobClient _client = null!;

    public async Task InitializeAsync()
    {
        _upstream = await FakeUpstream.StartAsync();
        _router = await RunningRouter.StartAsync(new RouterFile().Upstream("mini", _upstream).Route("auto", ["mini"]));
        _client = new JobClient(_router.Client);
    }

    public async Task DisposeAsync()
    {
        await _router.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    [Fact]
    public async Task Batch_Of130_IsAnsweredInOrderAndBilledAsTheVendorDoes()
    {
        var id = await _client.CreateBatchAsync(JobClient.Lines(130));

        var batch = await _client.EndOfAsync($"v1/batches/{id}");

        Assert.Equal("completed", (string?)batch["status"]);
        Assert.Equal("""{"total":130,"completed":130,"failed":0}""", batch["request_counts"]!.ToJsonString());
        Assert.Equal(await _upstream.BilledUsdAsync(), (decimal)batch["usage"]!["cost"]!);
        var lines = await _client.ReadAsync((string)batch["output_file_id"]!);
        Assert.Equal(Enumerable.Range(0, 130).Select(static number => $"r-{number}"), lines.Select(static line => (string)line["custom_id"]!));
        Assert.All(lines.Select(static (line, number) => (line, number)), static pair =>
            Assert.Equal($"Echo: prompt {pair.number}", (string)pair.line["response"]!["body"]!["choices"]![0]!["message"]!["content"]!));
        Assert.Equal(130, _upstream.Books.Requests.Count);
    }

    [Fact]
    public async Task Batch_SomeModelsUnknown_AreInTheErrorFile()
    {
        var id = await _client.CreateBatchAsync(JobClient.Line("good"), JobClient.Line("bad", model: "autoo"));

        var batch = await _client.EndOfAsync($"v1/batches/{id}");

        var error = Assert.Single(await _client.ReadAsync((string)batch["error_file_id"]!));
        Assert.Equal("bad", (string?)error["custom_id"]);
        Assert.Equal(404, (int)error["response"]!["status_code"]!);
        Assert.Contains("Did you mean 'auto'?", (string)error["response"]!["body"]!["error"]!["message"]!, StringComparison.Ordinal);
        Assert.Equal("""{"total":2,"completed":1,"failed":1}""", batch["request_counts"]!.ToJsonString());
    }

    [Fact]
    public async Task Batch_InputIsFaulty_FailsWithTheLineAndTheReason()
    {
        var id = await _client.CreateBatchAsync(JobClient.Line("a"), JobClient.Line("a"));

        var batch = await _client.EndOfAsync($"v1/batches/{id}");

        Assert.Equal("failed", (string?)batch["status"]);
        var problem = Assert.Single(batch["errors"]!["data"]!.AsArray());
        Assert.Equal((2, "duplicate_custom_id"), ((int)problem!["line"]!, (string)problem["code"]!));
        Assert.NotNull(batch["failed_at"]);
    }

    [Fact]
    public async Task Batch_VendorIsBusyAtFirst_IsAnsweredInTheEnd()
    {
        for (var number = 0; number < 3; number++)
            _upstream.Next(Reply.RateLimited().RetryAfter(1));
        var id = await _client.CreateBatchAsync(JobClient.Lines(3));

        var batch = await _client.EndOfAsync($"v1/batches/{id}");

        Assert.Equal("""{"total":3,"completed":3,"failed":0}""", batch["request_counts"]!.ToJsonString());
    }

    [Fact]
    public async Task Batch_Cancelled_LetsEndWhatRunsAndBeginsNothingMore()
    {
        var gate = new Gate();
        _upstream.Default(Reply.Text("slow").HoldAt(ReplyPoint.BeforeHeaders, gate));
        var id = await _client.CreateBatchAsync(JobClient.Lines(300));
        await gate.WaitForArrivalAsync();

        var (status, cancelling) = await _client.PostAsync($"v1/batches/{id}/cancel", "");
        gate.Open();
        var batch = await _client.EndOfAsync($"v1/batches/{id}");

        Assert.Equal((HttpStatusCode.OK, "cancelling"), (status, (string?)cancelling!["status"]));
        Assert.Equal("cancelled", (string?)batch["status"]);
        var answered = _upstream.Books.Requests.Count;
        Assert.InRange(answered, 1, 150);
        Assert.Equal($$"""{"total":300,"completed":{{answered}},"failed":{{300 - answered}}}""", batch["request_counts"]!.ToJsonString());
        Assert.Equal(answered, (await _client.ReadAsync((string)batch["output_file_id"]!)).Count);
    }

    [Fact]
    public async Task Batches_Listed_NewestFirst()
    {
        var first = await _client.CreateBatchAsync(JobClient.Line("a"));
        var second = await _client.CreateBatchAsync(JobClient.Line("a"));

        var (_, list) = await _client.GetAsync("v1/batches?limit=1");
        var (_, rest) = await _client.GetAsync($"v1/batches?after={second}");

        Assert.Equal((second, true), ((string?)Assert.Single(list!["data"]!.AsArray())!["id"], (bool)list["has_more"]!));
        Assert.Equal(first, (string?)Assert.Single(rest!["data"]!.AsArray())!["id"]);
    }

    [Fact]
    public async Task File_FromUploadToDeletion()
    {
        var id = await _client.UploadAsync(JobClient.Line("ø"));

        var (_, file) = await _client.GetAsync($"v1/files/{id}");
        var content = await _client.ReadAsync(id);
        var (_, deleted) = await _client.DeleteAsync($"v1/files/{id}");

        Assert.Equal(("requests.jsonl", "batch", "file"), ((string)file!["filename"]!, (string)file["purpose"]!, (string)file["object"]!));
        Assert.Equal(Encoding.UTF8.GetByteCount(JobClient.Line("ø")), (int)file["bytes"]!);
        Assert.Equal("ø", (string?)Assert.Single(content)["custom_id"]);
        Assert.Equal($$"""{"id":"{{id}}","object":"file","deleted":true}""", deleted!.ToJsonString());
        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync($"v1/files/{id}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync($"v1/files/{id}/content")).Status);
    }

    [Fact]
    public async Task Create_SameIdempotencyKey_IsTheSameBatch()
    {
        var order = JobClient.Order(await _client.UploadAsync(JobClient.Line("a")));

        var (_, first) = await _client.PostAsync("v1/batches", order, ("Idempotency-Key", "k"));
        var (_, second) = await _client.PostAsync("v1/batches", order, ("Idempotency-Key", "k"));
        var (status, _) = await _client.PostAsync("v1/batches", order.Replace("24h", "2h", StringComparison.Ordinal), ("Idempotency-Key", "k"));

        Assert.Equal((string?)first!["id"], (string?)second!["id"]);
        Assert.Equal(HttpStatusCode.Conflict, status);
    }

    [Theory]
    [InlineData("{}", "input_file_id")]
    [InlineData("""{"input_file_id":"file-1","endpoint":"/v1/nothing"}""", "endpoint")]
    [InlineData("""{"input_file_id":"file-1","endpoint":"/v1/chat/completions"}""", "input_file_id")]
    [InlineData("""{"input_file_id":"../../x","endpoint":"/v1/chat/completions"}""", "input_file_id")]
    [InlineData("""{"input_file_id":7,"endpoint":"/v1/chat/completions"}""", "input_file_id")]
    [InlineData("""{"input_file_id":"file-1","endpoint":"/v1/chat/completions","metadata":[1]}""", "metadata")]
    [InlineData("""{"input_file_id":"file-1","endpoint":"/v1/chat/completions","output_expires_after":{"anchor":"now","seconds":1}}""", "output_expires_after")]
    [InlineData("""{"input_file_id":"\ud800","endpoint":"/v1/chat/completions"}""", null)]
    [InlineData("""{"input_file_id":"file-1","endpoint":"/v1/chat/completions","metadata":{"a":"\ud800"}}""", null)]
    [InlineData("[]", null)]
    [InlineData("{", null)]
    [InlineData("", null)]
    public async Task Create_BadOrder_Is400NamingTheField(string order, string? param)
    {
        var (status, error) = await _client.PostAsync("v1/batches", order);

        Assert.Equal((HttpStatusCode.BadRequest, param), (status, (string?)error!["error"]!["param"]));
    }

    [Theory]
    [InlineData("fine-tune", "purpose")]
    [InlineData(null, "purpose")]
    public async Task Upload_PurposeIsNotOurs_Is400(string? purpose, string param)
    {
        using var form = new MultipartFormDataContent { { new StringContent("{}"), "file", "a.jsonl" } };
        if (purpose is not null)
            form.Add(new StringContent(purpose), "purpose");

        var (status, error) = await _client.SendAsync(HttpMethod.Post, "v1/files", form);

        Assert.Equal((HttpStatusCode.BadRequest, param), (status, (string?)error!["error"]!["param"]));
    }

    [Theory]
    [InlineData("application/json", "{}")]
    [InlineData("multipart/form-data", "x")]
    [InlineData("multipart/form-data; boundary=abc", "")]
    [InlineData("multipart/form-data; boundary=abc", "no such boundary")]
    [InlineData("multipart/form-data; boundary=abc", "--abc\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\ncut")]
    [InlineData("multipart/form-data; boundary=abc", "--abc\r\nbroken header\r\n\r\nx\r\n--abc--\r\n")]
    public async Task Upload_NotAForm_Is400AndLeavesNothing(string contentType, string body)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);

        var (status, error) = await _client.SendAsync(HttpMethod.Post, "v1/files", content);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.NotNull((string?)error!["error"]!["message"]);
        Assert.Empty((await _client.GetAsync("v1/files")).Body!["data"]!.AsArray());
    }

    [Theory]
    [InlineData("v1/files/file-1")]
    [InlineData("v1/files/%01/content")]
    [InlineData("v1/batches/batch_1")]
    [InlineData("v1/batches/%3Fx%23")]
    [InlineData("v1/jobs/job_1")]
    public async Task Get_NothingOfThatName_Is404(string path) => Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync(path)).Status);

    [Theory]
    [InlineData("v1/batches?limit=0", "limit")]
    [InlineData("v1/batches?limit=x", "limit")]
    [InlineData("v1/files?order=up", "order")]
    public async Task List_BadQuery_Is400(string path, string param)
    {
        var (status, error) = await _client.GetAsync(path);

        Assert.Equal((HttpStatusCode.BadRequest, param), (status, (string?)error!["error"]!["param"]));
    }

    [Fact]
    public async Task Files_OtherMethod_Is405WithEveryMethodThereIs()
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "v1/files");
        using var response = await _router.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["POST", "GET", "HEAD"], response.Content.Headers.Allow);
    }

    [Fact]
    public async Task LargeFile_ComesBackByteForByte()
    {
        var lines = Enumerable.Range(0, 40).Select(static number => JobClient.Line($"r-{number}", new string('x', 50_000))).ToArray();
        var id = await _client.UploadAsync(lines);

        Assert.Equal(lines, (await _client.ReadAsync(id)).Select(static line => line.ToJsonString()));
    }
}
