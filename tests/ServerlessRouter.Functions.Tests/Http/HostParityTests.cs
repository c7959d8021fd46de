using System.Net.Http.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Loading;
using ServerlessRouter.Functions.Hosting;
using ServerlessRouter.Functions.Http;
using ServerlessRouter.Functions.Jobs;
using ServerlessRouter.Functions.Tests.State;
using ServerlessRouter.Http;
using ServerlessRouter.Http.Admin;
using ServerlessRouter.Jobs.Services;
using ServerlessRouter.LocalHost;
using ServerlessRouter.Providers;
using Xunit;

namespace ServerlessRouter.Functions.Tests.Http;

/// <summary>Whichever host a caller reaches, the answer is the same.</summary>
public sealed class HostParityTests : IAsyncLifetime, IDisposable
{
    private LocalRouter _local = null!;
    private FunctionsHostDouble _functions = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _local = await LocalRouter.StartAsync(new LocalRouterOptions { Urls = "http://127.0.0.1:0", LogLevel = Microsoft.Extensions.Logging.LogLevel.None });
        _client = new HttpClient { BaseAddress = _local.Address };
        var builtIn = await BuiltInAsync();
        _functions = await FunctionsHostDouble.StartAsync(services =>
        {
            var router = RouterServices.Create(new RouterServicesOptions { Models = new RouterModelSource(builtIn) });
            services.AddSingleton(router);
            services.AddSingleton<DurableLauncher>();
            services.AddSingleton(new RouterEndpoints(EndpointServices.Of(router, JobServices.Over(router), AdminServices.Closed)));
            return Task.CompletedTask;
        });
    }

    public async Task DisposeAsync()
    {
        await _functions.DisposeAsync();
        await _local.DisposeAsync();
    }

    public void Dispose() => _client.Dispose();

    [Theory]
    [InlineData("GET", "/healthz", 200)]
    [InlineData("HEAD", "/readyz", 200)]
    [InlineData("GET", "/readyz", 200)]
    [InlineData("GET", "/openapi.json", 200)]
    [InlineData("GET", "/docs", 200)]
    [InlineData("GET", "/v1/models", 200)]
    [InlineData("GET", "/v1/models/auto", 200)]
    [InlineData("GET", "/openai/v1/models", 200)]
    [InlineData("GET", "/v1/models/no/such", 404)]
    [InlineData("GET", "/", 404)]
    [InlineData("POST", "/v1/moderations", 404)]
    [InlineData("GET", "/v1/embeddings", 405)]
    [InlineData("GET", "/openai/deployments/auto/embeddings", 405)]
    [InlineData("GET", "/v1/chat/completions", 405)]
    [InlineData("OPTIONS", "/v1/chat/completions", 405)]
    [InlineData("PUT", "/v1/models", 405)]
    [InlineData("DELETE", "/v1/models/auto", 405)]
    [InlineData("GET", "/openai/deployments/auto/chat/completions", 405)]
    [InlineData("POST", "/healthz", 405)]
    [InlineData("POST", "/v1/route", 404)]
    [InlineData("GET", "/v1/admin/configuration", 403)]
    [InlineData("GET", "/v1/batches", 200)]
    [InlineData("GET", "/v1/batches/none", 404)]
    [InlineData("GET", "/v1/files", 200)]
    [InlineData("GET", "/v1/jobs/none", 404)]
    [InlineData("GET", "/v1/usage", 200)]
    [InlineData("GET", "/v1/usage?group_by=weeks", 400)]
    [InlineData("POST", "/v1/usage", 405)]
    [InlineData("GET", "/v1/requests", 200)]
    [InlineData("GET", "/v1/requests?limit=0", 400)]
    [InlineData("GET", "/v1/requests/none", 404)]
    [InlineData("DELETE", "/v1/requests/none", 405)]
    [InlineData("PUT", "/v1/batches", 405)]
    [InlineData("DELETE", "/v1/admin/configuration", 405)]
    [InlineData("PUT", "/v1/admin/configuration/versions/1/activate", 405)]
    public async Task Request_ToEitherHost_IsAnsweredTheSame(string method, string path, int status)
    {
        var local = await AnswerAsync(_client, method, path);
        var functions = await AnswerAsync(_functions.Client, method, path);

        Assert.Equal(local, functions);
        Assert.Equal(status, functions.Status);
    }

    [Theory]
    [InlineData("OPTIONS", "/v1/chat/completions", "http://localhost:3000", 204)]
    [InlineData("OPTIONS", "/v1/models", "http://localhost:3000", 204)]
    [InlineData("OPTIONS", "/v1/admin/configuration", "http://localhost:3000", 403)]
    [InlineData("OPTIONS", "/v1/chat/completions", "https://chat.example.com", 403)]
    [InlineData("GET", "/v1/models", "http://localhost:3000", 200)]
    [InlineData("GET", "/v1/none", "http://localhost:3000", 404)]
    [InlineData("GET", "/v1/models", "https://chat.example.com", 403)]
    public async Task Request_FromAPage_IsAnsweredTheSame(string method, string path, string origin, int status)
    {
        var local = await HeadersAsync(_client, method, path, origin);
        var functions = await HeadersAsync(_functions.Client, method, path, origin);

        Assert.Equal(local, functions);
        Assert.Equal(status, functions.Status);
        Assert.Equal(status is 403 ? null : origin, functions.AllowOrigin);
    }

    [Theory]
    [InlineData("/v1/chat/completions", "http://localhost:3000", "http://localhost:3000")]
    [InlineData("/v1/chat/completions", "https://chat.example.com", null)]
    [InlineData("/v1/admin/configuration", "http://localhost:3000", null)]
    public async Task FaultBeforeAHandler_CanBeReadByThePagesThatMayCall(string path, string origin, string? allowed)
    {
        var http = new DefaultHttpContext { Request = { Method = "POST", Path = path, Host = new HostString("localhost") }, Response = { Body = new MemoryStream() } };
        http.Request.Headers.Origin = origin;

        await ErrorMiddleware.AnswerAsync(http, await BuiltInAsync());

        Assert.Equal(500, http.Response.StatusCode);
        Assert.Equal(allowed, (string?)http.Response.Headers.AccessControlAllowOrigin);
    }

    [Theory]
    [InlineData("/v1/chat/completions")]
    [InlineData("/openai/v1/chat/completions")]
    [InlineData("/openai/deployments/auto/chat/completions")]
    public async Task Chat_OnEveryPath_IsAnswered(string path)
    {
        using var answer = await _functions.Client.PostAsJsonAsync(new Uri(path, UriKind.Relative), new { model = "auto", messages = new[] { new { role = "user", content = "Hello" } } });

        Assert.True(answer.IsSuccessStatusCode);
        Assert.Contains("chat.completion", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST", "/v1/chat/completions", 401)]
    [InlineData("GET", "/v1/models", 401)]
    [InlineData("GET", "/readyz", 503)]
    [InlineData("GET", "/healthz", 200)]
    public async Task App_WithoutAConfiguration_ServesNoCallerAndSaysWhy(string method, string path, int status)
    {
        await using var app = await FunctionsHostDouble.StartAsync(static services => RouterRegistration.AddAsync(services, Settings()));
        await RouterStart.RunAsync(app.Services);

        var answer = await AnswerAsync(app.Client, method, path);

        Assert.Equal(status, answer.Status);
        Assert.Equal(status != 200, answer.Body.Contains("has no keys yet", StringComparison.Ordinal));
    }

    private static async ValueTask<RouterModel> BuiltInAsync() => (await new RouterConfigLoader(ProviderKinds.All, []).LoadAsync(BuiltInConfiguration.Read())).Model!;

    private static IConfiguration Settings() => new ConfigurationBuilder().AddInMemoryCollection([new("AzureWebJobsStorage", UnreachableStoreTests.Nowhere)]).Build();

    private static async Task<(int Status, string? AllowOrigin, string? AllowMethods, string? AllowHeaders, string? Vary)> HeadersAsync(HttpClient client, string method, string path, string origin)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "authorization,content-type");
        using var answer = await client.SendAsync(request);
        return ((int)answer.StatusCode, Header("Access-Control-Allow-Origin"), Header("Access-Control-Allow-Methods"), Header("Access-Control-Allow-Headers"), Header("Vary"));

        string? Header(string name) => answer.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;
    }

    private static async Task<(int Status, string Allow, string Body)> AnswerAsync(HttpClient client, string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method == "POST")
            request.Content = new StringContent("""{"model":"unknown","messages":[{"role":"user","content":"Hello"}]}""");
        request.Headers.Add("x-request-id", "r1");
        using var answer = await client.SendAsync(request);
        return ((int)answer.StatusCode, string.Join(", ", answer.Content.Headers.Allow), await answer.Content.ReadAsStringAsync());
    }
}
