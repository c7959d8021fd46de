using System.Net;
using System.Text;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Jobs;

/// <summary>Chat requests whose callers do not wait, and who sees what of whom.</summary>
public sealed class LaterAnswerTests : IAsyncLifetime
{
    private const string AnnsKey = "sk-ann";
    private const string BobsKey = "sk-bob";

    private readonly SecretVariable _ann = new(AnnsKey);
    private readonly SecretVariable _bob = new(BobsKey);
    private FakeUpstream _upstream = null!;
    private RunningRouter _router = null!;
    private JobClient _client = null!;

    public async Task InitializeAsync()
    {
        _upstream = await FakeUpstream.StartAsync();
        var file = new RouterFile().Upstream("mini", _upstream).Upstream("large", _upstream).Route("auto", ["mini"])
            .Tier("small", """{"routes":["auto"]}""").Key("ann", _ann.Reference, """{"tier":"small"}""").Key("bob", _bob.Reference, "{}");
        _router = await RunningRouter.StartAsync(file);
        _client = new JobClient(_router.Client, AnnsKey);
    }

    public async Task DisposeAsync()
    {
        await _router.DisposeAsync();
        await _upstream.DisposeAsync();
        _ann.Dispose();
        _bob.Dispose();
    }

    [Fact]
    public async Task Chat_RespondAsync_202AndTheAnswerAtItsLocation()
    {
        using var request = _client.Request(HttpMethod.Post, "v1/chat/completions");
        request.Headers.Add("Prefer", "wait=1, respond-async");
        request.Content = new ByteArrayContent(ChatBodies.Plain("Later."));
        using var response = await _router.Client.SendAsync(request);
        var location = response.Headers.Location!.ToString().TrimStart('/');

        var job = await _client.EndOfAsync(location);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.StartsWith("v1/jobs/job_", location, StringComparison.Ordinal);
        Assert.Equal("respond-async", response.Headers.GetValues("Preference-Applied").Single());
        Assert.Equal("completed", (string?)job["status"]);
        Assert.Equal(200, (int)job["response"]!["status_code"]!);
        Assert.Equal("Echo: Later.", (string)job["response"]!["body"]!["choices"]![0]!["message"]!["content"]!);
        Assert.Equal(await _upstream.BilledUsdAsync(), (decimal)job["usage"]!["cost"]!);
    }

    [Fact]
    public async Task Job_TakenBack_IsGone()
    {
        var path = await SubmitAsync("Gone.");
        await _client.EndOfAsync(path);

        var (status, deleted) = await _client.DeleteAsync(path);

        Assert.Equal((HttpStatusCode.OK, true), (status, (bool)deleted!["deleted"]!));
        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync(path)).Status);
    }

    [Fact]
    public async Task Job_VendorRefuses_TheRefusalIsTheAnswer()
    {
        _upstream.Next(Reply.Status(400));
        var job = await _client.EndOfAsync(await SubmitAsync("Refused."));

        Assert.Equal("completed", (string?)job["status"]);
        Assert.Equal(400, (int)job["response"]!["status_code"]!);
        Assert.NotNull(job["response"]!["body"]!["error"]);
    }

    [Theory]
    [InlineData("""{"model":"auto","stream":true,"messages":[{"role":"user","content":"x"}]}""", HttpStatusCode.BadRequest, "stream")]
    [InlineData("""{"model":"autoo","messages":[{"role":"user","content":"x"}]}""", HttpStatusCode.NotFound, "model")]
    [InlineData("""{"model":"large","messages":[{"role":"user","content":"x"}]}""", HttpStatusCode.Forbidden, "model")]
    [InlineData("""{"model":"auto"}""", HttpStatusCode.BadRequest, "messages")]
    public async Task Chat_RespondAsyncToWhatCannotBe_IsRefusedAtOnce(string body, HttpStatusCode expected, string param)
    {
        var (status, error) = await _client.PostAsync("v1/chat/completions", body, ("Prefer", "respond-async"));

        Assert.Equal((expected, param), (status, (string?)error!["error"]!["param"]));
    }

    [Fact]
    public async Task JobsAndFiles_OfAnotherKey_DoNotExist()
    {
        var bob = new JobClient(_router.Client, BobsKey);
        var job = await SubmitAsync("Mine.");
        var batch = await _client.CreateBatchAsync(JobClient.Line("a"));
        var file = (string)(await _client.EndOfAsync($"v1/batches/{batch}"))["output_file_id"]!;

        foreach (var path in new[] { job, $"v1/batches/{batch}", $"v1/jobs/{batch}", $"v1/files/{file}", $"v1/files/{file}/content" })
            Assert.Equal(HttpStatusCode.NotFound, (await bob.GetAsync(path)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await bob.DeleteAsync(job)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await bob.DeleteAsync($"v1/files/{file}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await bob.PostAsync($"v1/batches/{batch}/cancel", "")).Status);
        Assert.Empty((await bob.GetAsync("v1/batches")).Body!["data"]!.AsArray());
        Assert.Empty((await bob.GetAsync("v1/files")).Body!["data"]!.AsArray());
        Assert.Equal(HttpStatusCode.Unauthorized, (await new JobClient(_router.Client).GetAsync(job)).Status);
    }

    [Fact]
    public async Task Batch_ModelTheTierMayNotUse_IsRefusedInTheErrorFile()
    {
        var batch = await _client.EndOfAsync($"v1/batches/{await _client.CreateBatchAsync(JobClient.Line("a", model: "large"))}");

        var error = Assert.Single(await _client.ReadAsync((string)batch["error_file_id"]!));
        Assert.Equal(403, (int)error["response"]!["status_code"]!);
        Assert.Empty(_upstream.Books.Requests);
    }

    private async Task<string> SubmitAsync(string prompt)
    {
        var (status, job) = await _client.PostAsync("v1/chat/completions", Encoding.UTF8.GetString(ChatBodies.Plain(prompt)), ("Prefer", "respond-async"));
        Assert.Equal(HttpStatusCode.Accepted, status);
        return $"v1/jobs/{(string)job!["id"]!}";
    }
}
