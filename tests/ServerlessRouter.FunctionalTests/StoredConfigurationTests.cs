using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using ServerlessRouter.FunctionalTests.Jobs;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.LocalHost;
using ServerlessRouter.LocalHost.Starting;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests;

/// <summary>With <c>--data</c> and no <c>--config</c>, the configuration is what the admin last made active, over restarts too.</summary>
public sealed class StoredConfigurationTests : IDisposable
{
    private const string AdminKey = "sk-the-admin";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("router-state-");
    private readonly SecretVariable _admin = new(AdminKey);

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        _admin.Dispose();
    }

    [Fact]
    public async Task Put_ThenRestart_ServesWhatWasPut()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        string version;
        await using (var router = await StartAsync())
        {
            using var client = ClientOf(router);
            using var put = await PutAsync(client, new RouterFile().Upstream("stored", upstream).Route("auto", ["stored"]));
            Assert.Equal(HttpStatusCode.OK, put.StatusCode);
            version = put.Headers.GetValues("x-router-config-version").Single();
            await AssertAnswersAsync(client, version);
        }

        await using var restarted = await StartAsync();
        using var again = ClientOf(restarted);
        await AssertAnswersAsync(again, version);
    }

    /// <summary>The built-in models once took over: they answered callers without a key, and ended the batches that were under way.</summary>
    [Fact]
    public async Task Start_SecretOfTheKeptConfigurationIsGone_IsRefusedAndGoesOnWithTheBatchOnceItIsBack()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        upstream.Default(Reply.Text("Never.").HangAt(ReplyPoint.BeforeHeaders));
        var spare = new SecretVariable("sk-of-another-caller");
        string batch;
        using (var key = new SecretVariable("sk-of-a-caller"))
        {
            var file = new RouterFile().Upstream("stored", upstream).Route("auto", ["stored"]).Key("team", key.Reference).Key("other", spare.Reference);
            await using (var router = await StartAsync())
            {
                using var client = ClientOf(router);
                using var put = await PutAsync(client, file);
                Assert.Equal(HttpStatusCode.OK, put.StatusCode);
                batch = await new JobClient(client, "sk-of-a-caller").CreateBatchAsync(JobClient.Lines(3));
                await upstream.WaitForRequestAsync(3);
            }

            spare.Dispose();
            var refused = await Assert.ThrowsAsync<StartRefusedException>(() => StartAsync());
            Assert.Contains("keys.other.secret: the environment variable", refused.Message, StringComparison.Ordinal);
            Assert.Contains(Path.Combine(_folder.FullName, "data"), refused.Message, StringComparison.Ordinal);

            upstream.Default(Reply.Text("Answered."));
            spare.Restore();
            await using var restarted = await StartAsync();
            using var again = ClientOf(restarted);
            var end = await new JobClient(again, "sk-of-a-caller").EndOfAsync($"v1/batches/{batch}");
            Assert.Equal("""{"total":3,"completed":3,"failed":0}""", end["request_counts"]!.ToJsonString());
        }

        Assert.Equal(3, upstream.Books.Answers.Count(static answer => answer.End == AnswerEnd.Completed));
    }

    [Fact]
    public async Task Put_NamesWeights_ReadsThemFromTheWeightsFolderOfTheData()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        var named = new RouterFile().Upstream("stored", upstream).Upstream("spare", upstream).Route("auto", ["stored", "spare"], """{"objective":{"minimumQuality":0.5}}""")
            .Quality("""{"weights":"weights/outcomes.json"}""");
        await using var router = await StartAsync();
        using var client = ClientOf(router);
        var weights = Path.Combine(_folder.FullName, "data", "weights", "outcomes.json");

        using var early = await PutAsync(client, named);
        Assert.Equal(HttpStatusCode.BadRequest, early.StatusCode);
        Assert.Contains(weights, await early.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        GradedRows.Train(weights, "stored", "other");
        using var put = await PutAsync(client, named);
        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        // The warning about a model that only the file knows tells that the file was read.
        Assert.Contains("knows models that are not configured and plays no part for them", await put.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        using var question = new ByteArrayContent(ChatBodies.Plain("What is 18 times 25? Show the sum.", "auto"));
        using var decision = await client.PostAsync(new Uri("v1/route", UriKind.Relative), question);
        var profile = JsonNode.Parse(await decision.Content.ReadAsStringAsync())!["profile"]!;
        var parts = profile["difficulty_contributions"]!.AsArray();
        Assert.Contains(parts, part => (string?)part!["feature"] == "mean of what was graded");
        Assert.Equal((double)profile["difficulty"]!, parts.Sum(part => (double)part!["contribution"]!), 0.01);
    }

    [Fact]
    public async Task Put_NamesAKeyAsOneThatWasIssued_IsRefused()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        using var key = new SecretVariable("sk-of-a-caller");
        await using var router = await StartAsync();
        using var client = ClientOf(router);
        using var order = new HttpRequestMessage(HttpMethod.Post, "v1/admin/keys") { Content = new StringContent("""{"name":"team"}""") };
        order.Headers.Authorization = new AuthenticationHeaderValue("Bearer", AdminKey);
        using var issued = await client.SendAsync(order);
        Assert.Equal(HttpStatusCode.Created, issued.StatusCode);

        using var put = await PutAsync(client, new RouterFile().Upstream("stored", upstream).Route("auto", ["stored"]).Key("team", key.Reference));

        Assert.Equal(HttpStatusCode.BadRequest, put.StatusCode);
        Assert.Contains("keys.team: has the name of a key that was issued", await put.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Put_RouterThatFollowsAFile_IsToldSo()
    {
        var file = Path.Combine(_folder.FullName, "router.json");
        await File.WriteAllTextAsync(file, new RouterFile().Upstream("m", new Uri("http://127.0.0.1:9/v1/")).ToString());
        await using var router = await StartAsync(file);
        using var client = ClientOf(router);

        using var put = await PutAsync(client, new RouterFile());

        Assert.Equal(HttpStatusCode.NotFound, put.StatusCode);
        Assert.Contains("it follows a file", await put.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_OthersCanReachItAndNothingIsStoredYet_ServesNoCallerUntilThereAreKeys()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        using var key = new SecretVariable("sk-of-a-caller");
        await using var router = await StartAsync(urls: "http://0.0.0.0:0");
        using var client = ClientOf(router);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(new Uri("v1/models", UriKind.Relative))).StatusCode);

        using var put = await PutAsync(client, new RouterFile().Upstream("m", upstream).Key("team", key.Reference));

        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        client.DefaultRequestHeaders.Add("x-api-key", "sk-of-a-caller");
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri("v1/models", UriKind.Relative))).StatusCode);
    }

    private Task<LocalRouter> StartAsync(string? file = null, string urls = "http://127.0.0.1:0") => LocalRouter.StartAsync(new LocalRouterOptions
    {
        ConfigurationPath = file,
        DataPath = Path.Combine(_folder.FullName, "data"),
        AdminKey = _admin.Reference,
        Urls = urls,
        LogLevel = LogLevel.None,
    });

    private static HttpClient ClientOf(LocalRouter router) => new() { BaseAddress = new Uri($"http://127.0.0.1:{router.Address.Port}/") };

    private static async Task<HttpResponseMessage> PutAsync(HttpClient client, RouterFile file)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "v1/admin/configuration") { Content = new StringContent(file.ToString()) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", AdminKey);
        return await client.SendAsync(request);
    }

    private static async Task AssertAnswersAsync(HttpClient client, string version)
    {
        using var content = new ByteArrayContent(ChatBodies.Plain());
        using var answer = await client.PostAsync(new Uri("v1/chat/completions", UriKind.Relative), content);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("stored", answer.Headers.GetValues("x-router-model").Single());
        Assert.Equal(version, answer.Headers.GetValues("x-router-config-version").Single());
    }
}
