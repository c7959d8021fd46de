using System.Net;
using ServerlessRouter.Admission;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Admin;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Http;

/// <summary>What web pages may do, as browsers ask for it.</summary>
public sealed class CrossOriginTests
{
    private const string Key = "sk-a-callers-key";
    private const string Foreign = "https://chat.example.com";
    private const string Local = "http://localhost:3000";

    private const string AllowOrigin = "Access-Control-Allow-Origin";

    public static TheoryData<string> LocalOrigins => [Local, "http://127.0.0.1:5173", "https://[::1]:8443", "http://localhost", "http://127.0.0.1"];

    public static TheoryData<string> ForeignOrigins =>
    [
        Foreign, "null", "http://localhost.example.com", "http://127.0.0.1.example.com", "http://localhost:3000.example.com", "http://example.com:3000", "http://192.168.1.7:3000",
        "http://localhost@example.com", "file://", "chrome-extension://abcdefgh", "localhost:3000", "http://0.0.0.0:3000", "http://localhost:3000/path",
    ];

    [Theory, MemberData(nameof(LocalOrigins))]
    public async Task WithoutKeys_PageOfThisMachine_ReadsTheAnswer(string origin)
    {
        await using var server = await HttpServer.StartAsync();

        using var answer = await SendAsync(server, "POST", "v1/chat/completions", ("Origin", origin), ("Sec-Fetch-Site", "cross-site"));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(origin, Header(answer, AllowOrigin));
        Assert.Equal("Origin, Authorization", Header(answer, "Vary"));
        Assert.Null(Header(answer, "Access-Control-Allow-Credentials"));
    }

    [Theory, MemberData(nameof(ForeignOrigins))]
    public async Task WithoutKeys_PageFromElsewhere_IsRefusedWithTheReasonAndReachesNothing(string origin)
    {
        await using var server = await HttpServer.StartAsync();
        server.Pipeline.Answer = static (_, _) => throw new InvalidOperationException("no page from elsewhere gets here");

        foreach (var (method, path) in new[] { ("POST", "v1/chat/completions"), ("POST", "v1/route"), ("POST", "v1/files"), ("GET", "v1/models"), ("GET", "v1/usage"), ("GET", "v1/admin/configuration"), ("POST", "v1/none"), ("GET", "readyz") })
        {
            using var answer = await SendAsync(server, method, path, ("Origin", origin));

            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
            Assert.Null(Header(answer, AllowOrigin));
            var body = await answer.Content.ReadAsStringAsync();
            Assert.Contains("This router has no keys", body, StringComparison.Ordinal);
            Assert.Contains(origin, body, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Host", "evil.example")]
    [InlineData("Host", "localhost.evil.example:8080")]
    [InlineData("Host", "192.168.1.7:8080")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    public async Task WithoutKeys_ForeignHostOrSite_IsRefusedWithTheReason(string header, string value)
    {
        await using var server = await HttpServer.StartAsync();

        foreach (var (method, path) in new[] { ("POST", "v1/chat/completions"), ("GET", "v1/models") })
        {
            using var answer = await SendAsync(server, method, path, (header, value));

            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
            Assert.Contains($"({header})", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Host", "localhost:8080")]
    [InlineData("Host", "LOCALHOST")]
    [InlineData("Host", "127.0.0.1")]
    [InlineData("Host", "[::1]:8080")]
    [InlineData("Sec-Fetch-Site", "none")]
    [InlineData("Sec-Fetch-Site", "same-origin")]
    public async Task WithoutKeys_ProgramOfThisMachine_IsServed(string header, string value)
    {
        await using var server = await HttpServer.StartAsync();

        using var answer = await SendAsync(server, "POST", "v1/chat/completions", (header, value));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Null(Header(answer, AllowOrigin));
    }

    [Theory]
    [InlineData("healthz")]
    [InlineData("openapi.json")]
    [InlineData("docs")]
    public async Task WithoutKeys_WhatTellsNothingOfTheOwner_TellsEveryone(string path)
    {
        await using var server = await HttpServer.StartAsync();

        using var answer = await SendAsync(server, "GET", path, ("Host", "router.internal"));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("POST", "v1/chat/completions", HttpStatusCode.OK)]
    [InlineData("POST", "v1/chat/completions?broken", HttpStatusCode.BadRequest)]
    [InlineData("GET", "v1/models", HttpStatusCode.OK)]
    [InlineData("GET", "v1/usage", HttpStatusCode.OK)]
    [InlineData("GET", "v1/none", HttpStatusCode.NotFound)]
    [InlineData("PUT", "v1/models", HttpStatusCode.MethodNotAllowed)]
    public async Task WithKeys_EveryPage_ReadsAnswersAndErrors(string method, string path, HttpStatusCode expected)
    {
        await using var server = await StartKeyedAsync();
        if (path.EndsWith("broken", StringComparison.Ordinal))
            server.Pipeline.Answer = static (_, _) => Task.FromResult(Answers.Failed(RouterError.InvalidRequest("wrong")));

        foreach (var origin in new[] { Foreign, Local, "null" })
        {
            using var answer = await SendAsync(server, method, path, ("Origin", origin), ("Authorization", $"Bearer {Key}"), ("Host", "router.example.com"));

            Assert.Equal(expected, answer.StatusCode);
            Assert.Equal("*", Header(answer, AllowOrigin));
            Assert.Contains("x-request-id", Header(answer, "Access-Control-Expose-Headers"), StringComparison.Ordinal);
            Assert.Contains("retry-after-ms", Header(answer, "Access-Control-Expose-Headers"), StringComparison.Ordinal);
            Assert.Null(Header(answer, "Access-Control-Allow-Credentials"));
        }
    }

    [Fact]
    public async Task WithKeys_NoKeyOrABug_ThePageLearnsIt()
    {
        await using var server = await StartKeyedAsync();
        server.Pipeline.Answer = static (context, _) => context.IsIdentified ? throw new InvalidOperationException("a bug") : Task.FromResult(Answers.Failed(new RouterError(RouterErrorCode.InvalidApiKey, "no key")));

        using var refused = await SendAsync(server, "POST", "v1/chat/completions", ("Origin", Foreign));
        Assert.Equal((HttpStatusCode.Unauthorized, "*"), (refused.StatusCode, Header(refused, AllowOrigin)));
        using var failed = await SendAsync(server, "POST", "v1/chat/completions", ("Origin", Foreign), ("api-key", Key));
        Assert.Equal((HttpStatusCode.InternalServerError, "*"), (failed.StatusCode, Header(failed, AllowOrigin)));
    }

    [Fact]
    public async Task WithKeysAndAList_OnlyThePagesListed_ReadAnswers()
    {
        await using var server = await StartKeyedAsync(Foreign);

        using var listed = await SendAsync(server, "GET", "v1/models", ("Origin", Foreign), ("api-key", Key));
        Assert.Equal(Foreign, Header(listed, AllowOrigin));
        using var other = await SendAsync(server, "GET", "v1/models", ("Origin", Local), ("api-key", Key));
        Assert.Null(Header(other, AllowOrigin));
        using var program = await SendAsync(server, "GET", "v1/models", ("api-key", Key));
        Assert.Equal(HttpStatusCode.OK, program.StatusCode);
        Assert.All([listed, other, program], static answer => Assert.Equal("Origin, Authorization", Header(answer, "Vary")));
    }

    [Theory]
    [InlineData("POST", "v1/chat/completions")]
    [InlineData("GET", "v1/models")]
    [InlineData("GET", "v1/models/mini")]
    [InlineData("DELETE", "v1/files/file-1")]
    [InlineData("POST", "openai/deployments/mini/chat/completions?api-version=1")]
    [InlineData("POST", "v1/embeddings")]
    public async Task Preflight_OfACallersEndpoint_AllowsWhatIsAsked(string method, string path)
    {
        foreach (var isKeyed in new[] { true, false })
        {
            await using var server = isKeyed ? await StartKeyedAsync() : await HttpServer.StartAsync();

            using var answer = await PreflightAsync(server, path, method, Local);

            Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
            Assert.Equal(isKeyed ? "*" : Local, Header(answer, AllowOrigin));
            Assert.Equal(method, Header(answer, "Access-Control-Allow-Methods"));
            Assert.Equal("authorization,content-type,x-stainless-lang", Header(answer, "Access-Control-Allow-Headers"));
            Assert.Equal("true", Header(answer, "Access-Control-Allow-Private-Network"));
            Assert.NotNull(Header(answer, "Access-Control-Max-Age"));
            Assert.Contains("Origin", Header(answer, "Vary"), StringComparison.Ordinal);
            Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
        }
    }

    [Theory]
    [InlineData("v1/admin/configuration", Local, "")]
    [InlineData("v1/admin/configuration/versions/1/activate", Foreign, "")]
    [InlineData("v1/chat/completions", Local, Foreign)]
    public async Task Preflight_OfWhatNoPageMayCall_IsRefused(string path, string origin, string listed)
    {
        await using var server = await StartKeyedAsync(listed.Length == 0 ? [] : [listed]);

        using var answer = await PreflightAsync(server, path, "POST", origin);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Null(Header(answer, AllowOrigin));
        Assert.Null(Header(answer, "Access-Control-Allow-Headers"));
    }

    [Theory, MemberData(nameof(ForeignOrigins))]
    public async Task Preflight_WithoutKeysFromElsewhere_IsRefused(string origin)
    {
        await using var server = await HttpServer.StartAsync();

        using var answer = await PreflightAsync(server, "v1/chat/completions", "POST", origin);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Null(Header(answer, AllowOrigin));
    }

    [Fact]
    public async Task AdminEndpoint_WithTheAdminKey_IsAnsweredAndNoPageMayReadIt()
    {
        await using var server = await HttpServer.StartAsync(
            new RouterBuilder().Model("mini").Key(Key, "caller").Build(), admin: new AdminServices(new AdminGate($"sha256:{KeyHash.Of("the-admin")}", []), null));

        using var answer = await SendAsync(server, "GET", "v1/admin/configuration", ("Origin", Foreign), ("api-key", "the-admin"));

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Null(Header(answer, AllowOrigin));
    }

    private static Task<HttpServer> StartKeyedAsync(params string[] origins) =>
        HttpServer.StartAsync(new RouterBuilder().Model("mini").Key(Key, "caller").CorsOrigins(origins).Build());

    private static async Task<HttpResponseMessage> SendAsync(HttpServer server, string method, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method == "POST")
            request.Content = new ByteArrayContent(ChatBodies.Plain());
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await server.Client.SendAsync(request);
    }

    private static async Task<HttpResponseMessage> PreflightAsync(HttpServer server, string path, string method, string origin) => await SendAsync(
        server, "OPTIONS", path, ("Origin", origin), ("Access-Control-Request-Method", method), ("Access-Control-Request-Headers", "authorization,content-type,x-stainless-lang"),
        ("Access-Control-Request-Private-Network", "true"));

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.NonValidated.TryGetValues(name, out var values) || answer.Content.Headers.NonValidated.TryGetValues(name, out values) ? values.ToString() : null;
}
