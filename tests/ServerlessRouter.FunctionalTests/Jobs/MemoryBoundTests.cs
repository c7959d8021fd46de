using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Jobs;

/// <summary>What callers leave with a router that has nothing but memory stays within its bound.</summary>
public sealed class MemoryBoundTests : IAsyncLifetime
{
    private const int ThreeQuarters = 768 * 1024;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("router-memory-");
    private FakeUpstream _upstream = null!;

    public async Task InitializeAsync() => _upstream = await FakeUpstream.StartAsync();

    public async Task DisposeAsync()
    {
        await _upstream.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Upload_BeyondTheBound_Is507AndSaysWhatToDoUntilSomethingIsDeleted()
    {
        await using var router = await StartAsync(dataPath: null);
        var client = new JobClient(router.Client);
        var (first, kept) = await UploadAsync(client);

        var (status, refused) = await UploadAsync(client);
        await client.DeleteAsync($"v1/files/{(string)kept!["id"]!}");
        var (afterwards, _) = await UploadAsync(client);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.InsufficientStorage, HttpStatusCode.OK), (first, status, afterwards));
        var error = refused!["error"]!;
        Assert.Equal("storage_full", (string?)error["code"]);
        foreach (var way in new[] { "DELETE /v1/files/ID", "server.maxMemoryMebibytes", "--data FOLDER" })
            Assert.Contains(way, (string)error["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upload_RefusedOnTheWay_LeavesNothing()
    {
        await using var router = await StartAsync(dataPath: null);
        var client = new JobClient(router.Client);

        for (var time = 0; time < 3; time++)
            Assert.Equal(HttpStatusCode.InsufficientStorage, (await UploadAsync(client, 2 * ThreeQuarters)).Status);

        Assert.Equal(HttpStatusCode.OK, (await UploadAsync(client)).Status);
    }

    [Fact]
    public async Task Chat_RespondAsyncBeyondTheBound_Is507AndLiveRequestsAreServed()
    {
        await using var router = await StartAsync(dataPath: null);
        var client = new JobClient(router.Client);
        await UploadAsync(client);
        var body = Encoding.UTF8.GetString(ChatBodies.Plain(new string('x', ThreeQuarters * 3 / 8)));

        Assert.Equal(HttpStatusCode.InsufficientStorage, (await client.PostAsync("v1/chat/completions", body, ("Prefer", "respond-async"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await client.PostAsync("v1/chat/completions", body)).Status);
    }

    [Fact]
    public async Task Chat_RespondAsyncSentAgainWhileFull_AnswersTheJobItMade()
    {
        await using var router = await StartAsync(dataPath: null);
        var client = new JobClient(router.Client);
        (string, string)[] headers = [("Prefer", "respond-async"), ("Idempotency-Key", "once")];
        var body = Encoding.UTF8.GetString(ChatBodies.Plain("Later."));
        var (_, first) = await client.PostAsync("v1/chat/completions", body, headers);
        var room = (1024 * 1024) - (128 * 1024);
        while (room > 0 && (await UploadAsync(client, room)).Status != HttpStatusCode.OK)
            room -= 64 * 1024;
        while ((await UploadAsync(client, 8 * 1024)).Status == HttpStatusCode.OK)
        {
            // Until nothing more fits.
        }

        var (status, again) = await client.PostAsync("v1/chat/completions", body, headers);

        Assert.Equal((HttpStatusCode.Accepted, (string)first!["id"]!), (status, (string)again!["id"]!));
    }

    [Fact]
    public async Task Upload_WithAFolder_IsNotBoundByMemory()
    {
        await using var router = await StartAsync(Path.Combine(_folder.FullName, "data"));
        var client = new JobClient(router.Client);

        for (var time = 0; time < 3; time++)
            Assert.Equal(HttpStatusCode.OK, (await UploadAsync(client)).Status);
    }

    [Fact]
    public async Task Upload_BeyondTheBoundOfTheFolder_Is507UntilSomethingIsDeletedAlsoAfterARestart()
    {
        var file = new RouterFile().Upstream("mini", _upstream).Route("auto", ["mini"]).Server("""{"maxDataMebibytes":1}""");
        string kept;
        await using (var before = await RunningRouter.StartAsync(file, Path.Combine(_folder.FullName, "data")))
            kept = (string)(await UploadAsync(new JobClient(before.Client))).Body!["id"]!;
        await using var router = await RunningRouter.StartAsync(file, Path.Combine(_folder.FullName, "data"));
        var client = new JobClient(router.Client);

        var (status, refused) = await UploadAsync(client);
        await client.DeleteAsync($"v1/files/{kept}");

        Assert.Equal(HttpStatusCode.InsufficientStorage, status);
        Assert.Contains("server.maxDataMebibytes", (string)refused!["error"]!["message"]!, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await UploadAsync(client)).Status);
    }

    private static Task<(HttpStatusCode Status, JsonNode? Body)> UploadAsync(JobClient client, int bytes = ThreeQuarters) => client.SendAsync(HttpMethod.Post, "v1/files", new MultipartFormDataContent
    {
        { new StringContent("batch"), "purpose" },
        { new ByteArrayContent(new byte[bytes]), "file", "requests.jsonl" },
    });

    private Task<RunningRouter> StartAsync(string? dataPath) =>
        RunningRouter.StartAsync(new RouterFile().Upstream("mini", _upstream).Route("auto", ["mini"]).Server("""{"maxMemoryMebibytes":1}"""), dataPath);
}
