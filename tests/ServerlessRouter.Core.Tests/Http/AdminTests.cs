using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using ServerlessRouter.Admission;
using ServerlessRouter.Configuration.Loading;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Configuration.Stored;
using ServerlessRouter.Core.Tests.Configuration;
using ServerlessRouter.Core.Tests.State;
using ServerlessRouter.Http.Admin;
using ServerlessRouter.State;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Time;
using Xunit;

namespace ServerlessRouter.Core.Tests.Http;

/// <summary>What the admin asks over HTTP, and who is not the admin.</summary>
public sealed class AdminTests : IAsyncLifetime
{
    private const string AdminKey = "the-admin-s3cret-key";
    private const string CallersKey = "a-callers-s3cret-key";
    private const string Path = "v1/admin/configuration";

    private readonly MemoryTableStore _tables = new MemoryTableStore(new ManualTimeProvider());
    private ScriptedStore _store = null!;
    private HttpServer _server = null!;

    public async Task InitializeAsync()
    {
        _store = new ScriptedStore(_tables);
        _server = await StartAsync("env:ADMIN_KEY");
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("GET", Path)]
    [InlineData("PUT", Path)]
    [InlineData("GET", Path + "/versions")]
    [InlineData("GET", Path + "/versions/1")]
    [InlineData("POST", Path + "/versions/1/activate")]
    public async Task AnyRequest_WithoutTheAdminKey_IsRefusedAndReachesNothing(string method, string path)
    {
        await AssertRefusedAsync(method, path, null, HttpStatusCode.Unauthorized, "admin key was not sent");
        await AssertRefusedAsync(method, path, "wrong", HttpStatusCode.Unauthorized, "is not the admin key");
        await AssertRefusedAsync(method, path, AdminKey + "x", HttpStatusCode.Unauthorized, "is not the admin key");
        await AssertRefusedAsync(method, path, CallersKey, HttpStatusCode.Forbidden, "A caller's key may not administer");
        Assert.Equal(0, _store.Calls);
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Forbidden, "on one machine with --admin-key env:NAME, on Azure with the app's setting ROUTER_ADMIN_KEY")]
    [InlineData("the-admin-s3cret-key", HttpStatusCode.Forbidden, "is no reference")]
    [InlineData("env:NOT_SET", HttpStatusCode.ServiceUnavailable, "cannot be looked up")]
    [InlineData("env:UNRESOLVED", HttpStatusCode.ServiceUnavailable, "key vault reference that the host could not resolve")]
    [InlineData("sha256:12", HttpStatusCode.ServiceUnavailable, "64 hex digits")]
    public async Task AnyRequest_AdminKeyIsNotSetUp_NoCallerGetsInAndTheReasonIsSaid(string? reference, HttpStatusCode status, string expected)
    {
        await using var server = await StartAsync(reference);

        using var answer = await SendAsync("GET", Path, AdminKey, server: server);

        Assert.Equal(status, answer.StatusCode);
        Assert.Contains(expected, await MessageAsync(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnyRequest_AdminKeyIsACallersKeyToo_IsRefused()
    {
        await using var server = await StartAsync("env:CALLERS_KEY");

        using var answer = await SendAsync("GET", Path, CallersKey, server: server);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task Models_WithTheAdminKey_AreListed()
    {
        using var answer = await SendAsync("GET", "v1/models", AdminKey);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task AnyRequest_AdminKeyByItsHash_IsLetIn()
    {
        await using var server = await StartAsync($"sha256:{KeyHash.Of(AdminKey)}");

        using var answer = await SendAsync("GET", Path, AdminKey, server: server);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("No configuration is active yet", await MessageAsync(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Put_Valid_IsActiveAndReadBackAsItWasSent()
    {
        var version = RouterConfigLoader.VersionOf(ConfigurationDraft.ValidText);
        using var put = await PutAsync(ConfigurationDraft.ValidText);

        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        await JsonAssert.EqualAsync($$"""{"version":"{{version}}","previous":null,"warnings":[]}""", put);
        using var got = await SendAsync("GET", Path, AdminKey);
        Assert.Equal(ConfigurationDraft.ValidText, await got.Content.ReadAsByteArrayAsync());
        Assert.Equal($"\"{version}\"", got.Headers.ETag!.Tag);
        Assert.Equal(version, ChatCompletionsTests.Header(got, "x-router-config-version"));
    }

    [Fact]
    public async Task Put_Bad_Is400WithEveryError()
    {
        using var put = await PutAsync(new ConfigurationDraft().Set("models.mini.contextWindow", "0").Set("routes.auto.candidates.0", "\"mni\"").ToText());

        Assert.Equal(HttpStatusCode.BadRequest, put.StatusCode);
        var message = await MessageAsync(put);
        Assert.StartsWith("The configuration has 2 errors and did not become active:\n", message, StringComparison.Ordinal);
        Assert.Contains("models.mini.contextWindow", message, StringComparison.Ordinal);
        Assert.Contains("routes.auto.candidates[0]", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "The body is empty: send the text of a router.json.")]
    [InlineData("{", "line 1, column")]
    public async Task Put_NoConfiguration_Is400(string body, string expected)
    {
        using var put = await PutAsync(Encoding.UTF8.GetBytes(body));

        Assert.Equal(HttpStatusCode.BadRequest, put.StatusCode);
        Assert.Contains(expected, await MessageAsync(put), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Put_TooLarge_Is413()
    {
        using var put = await PutAsync(new byte[ConfigurationStore.MaxBytes + 1]);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, put.StatusCode);
    }

    [Fact]
    public async Task Put_MeantForAnotherVersion_Is412AndNamesTheActiveOne()
    {
        using var first = await PutAsync(ConfigurationDraft.ValidText, "\"000000000000\"");
        Assert.Equal(HttpStatusCode.PreconditionFailed, first.StatusCode);
        Assert.Contains("No version is active yet", await MessageAsync(first), StringComparison.Ordinal);
        await PutAsync(ConfigurationDraft.ValidText);
        var version = RouterConfigLoader.VersionOf(ConfigurationDraft.ValidText);

        using var second = await PutAsync(Changed(), "\"000000000000\"");
        Assert.Equal(HttpStatusCode.PreconditionFailed, second.StatusCode);
        Assert.Contains(version, await MessageAsync(second), StringComparison.Ordinal);

        using var third = await PutAsync(Changed(), $"\"{version}\"");
        Assert.Equal(HttpStatusCode.OK, third.StatusCode);
    }

    [Fact]
    public async Task Versions_AfterARollback_TellWhichIsActive()
    {
        var (old, changed) = (RouterConfigLoader.VersionOf(ConfigurationDraft.ValidText), RouterConfigLoader.VersionOf(Changed()));
        await PutAsync(ConfigurationDraft.ValidText);
        await PutAsync(Changed());

        using var back = await SendAsync("POST", $"{Path}/versions/{old}/activate", AdminKey);

        await JsonAssert.EqualAsync($$"""{"version":"{{old}}","previous":"{{changed}}","warnings":[]}""", back);
        using var list = await SendAsync("GET", $"{Path}/versions", AdminKey);
        var versions = JsonNode.Parse(await list.Content.ReadAsStringAsync())!["data"]!.AsArray().ToDictionary(static item => (string)item!["version"]!, static item => (bool)item!["is_active"]!);
        Assert.Equal(new Dictionary<string, bool> { [old] = true, [changed] = false }, versions);
        using var got = await SendAsync("GET", $"{Path}/versions/{changed}", AdminKey);
        Assert.Equal(Changed(), await got.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Diff_TellsMemberByMemberWhereTwoVersionsDiffer()
    {
        var (old, changed) = (RouterConfigLoader.VersionOf(ConfigurationDraft.ValidText), RouterConfigLoader.VersionOf(Changed()));
        await PutAsync(ConfigurationDraft.ValidText);
        await PutAsync(Changed());

        using var diff = await SendAsync("GET", $"{Path}/versions/{old}/diff", AdminKey);
        using var back = await SendAsync("GET", $"{Path}/versions/{changed}/diff?to={old}", AdminKey);
        using var none = await SendAsync("GET", $"{Path}/versions/{old}/diff?to=none", AdminKey);

        await JsonAssert.EqualAsync($$$"""{"object":"list","from":"{{{old}}}","to":"{{{changed}}}","data":[{"path":"server","before":null,"after":{"maxRequestBytes":4096}}]}""", diff);
        await JsonAssert.EqualAsync($$$"""{"object":"list","from":"{{{changed}}}","to":"{{{old}}}","data":[{"path":"server","before":{"maxRequestBytes":4096},"after":null}]}""", back);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    /// <summary>What is stored is kept for good, and a header of a provider may hold any text.</summary>
    [Fact]
    public async Task Put_SomethingLooksLikeAVendorsKey_IsNotStoredAndNotRepeated()
    {
        using var put = await PutAsync(new ConfigurationDraft().Set("providers.vendor.headers", """{"x-team":"sk-s3cret-of-a-vendor"}""").ToText());

        Assert.Equal(HttpStatusCode.BadRequest, put.StatusCode);
        var message = await MessageAsync(put);
        Assert.Contains("providers.vendor.headers.x-team", message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", message, StringComparison.Ordinal);
        using var list = await SendAsync("GET", $"{Path}/versions", AdminKey);
        Assert.Empty(JsonNode.Parse(await list.Content.ReadAsStringAsync())!["data"]!.AsArray());
    }

    [Theory]
    [InlineData("GET", "versions/none")]
    [InlineData("GET", "versions/none/diff")]
    [InlineData("POST", "versions/none/activate")]
    public async Task Version_NeverSaved_Is404(string method, string path)
    {
        using var answer = await SendAsync(method, $"{Path}/{path}", AdminKey);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("There is no version 'none'", await MessageAsync(answer), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("POST", "/activate")]
    public async Task Version_LongerThanAnyKey_Is400(string method, string end)
    {
        foreach (var length in new[] { 65, 513, 7000 })
        {
            using var answer = await SendAsync(method, $"{Path}/versions/{new string('a', length)}{end}", AdminKey);

            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Contains("a version has 12", await MessageAsync(answer), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("GET", Path)]
    [InlineData("GET", Path + "/versions")]
    [InlineData("POST", Path + "/versions/1/activate")]
    public async Task AnyRequest_StoreIsDown_Is503(string method, string path)
    {
        _store.Answer = static _ => throw new TableStoreUnavailableException("down");

        using var answer = await SendAsync(method, path, AdminKey);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("storage cannot be reached", await MessageAsync(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnyRequest_ConfigurationComesFromElsewhere_Is404WithTheReason()
    {
        await using var server = await HttpServer.StartAsync(admin: new AdminServices(new AdminGate("env:ADMIN_KEY", [Secrets]), null));

        using var answer = await SendAsync("GET", Path, AdminKey, server: server);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("keeps no configurations", await MessageAsync(answer), StringComparison.Ordinal);
    }

    private static byte[] Changed() => new ConfigurationDraft().Set("server", """{"maxRequestBytes":4096}""").ToText();

    private static EnvironmentSecretResolver Secrets { get; } = new(static name => name switch
    {
        "ADMIN_KEY" => AdminKey,
        "CALLERS_KEY" => CallersKey,
        "UNRESOLVED" => "@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/a)",
        _ => null,
    });

    private Task<HttpServer> StartAsync(string? adminKey)
    {
        var administration = new ConfigurationAdministration(new ConfigurationStore(_store, TimeProvider.System), ConfigurationDraft.Loader(), static _ => Task.CompletedTask);
        return HttpServer.StartAsync(
            new RouterBuilder().Model("mini").Key(CallersKey, "caller").Build(), admin: new AdminServices(new AdminGate(adminKey, [Secrets]), administration));
    }

    private Task<HttpResponseMessage> PutAsync(byte[] text, string? ifMatch = null) => SendAsync("PUT", Path, AdminKey, text, ifMatch);

    private async Task<HttpResponseMessage> SendAsync(string method, string path, string? key, byte[]? body = null, string? ifMatch = null, HttpServer? server = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
            request.Content = new ByteArrayContent(body);
        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (ifMatch is not null)
            request.Headers.IfMatch.Add(EntityTagHeaderValue.Parse(ifMatch));
        return await (server ?? _server).Client.SendAsync(request);
    }

    private async Task AssertRefusedAsync(string method, string path, string? key, HttpStatusCode status, string expected)
    {
        using var answer = await SendAsync(method, path, key, method == "PUT" ? ConfigurationDraft.ValidText : null);
        Assert.Equal(status, answer.StatusCode);
        Assert.Contains(expected, await MessageAsync(answer), StringComparison.Ordinal);
    }

    private static async Task<string> MessageAsync(HttpResponseMessage answer) => (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["error"]!["message"]!;
}
