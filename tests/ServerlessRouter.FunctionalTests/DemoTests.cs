using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.LocalHost;
using ServerlessRouter.LocalHost.Starting;
using ServerlessRouter.Testing;
using Xunit;

namespace ServerlessRouter.FunctionalTests;

/// <summary>The demonstration: a day that has passed, seen through the dashboard's endpoints.</summary>
public sealed class DemoTests
{
    [Fact]
    public async Task Demo_HasHadADay_AndLetsThePageIn()
    {
        await using var router = await LocalRouter.StartAsync(new LocalRouterOptions { IsDemo = true, Urls = "http://127.0.0.1:0", LogLevel = LogLevel.None });
        using var client = new HttpClient { BaseAddress = router.Address, Timeout = Patience.Limit };
        Assert.InRange(router.DemoRequests!.Value, 1500, 8000);

        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(new Uri("v1/usage", UriKind.Relative))).StatusCode);
        var session = await GetAsync(client, "dashboard/session");
        Assert.Equal("admin", (string?)session["role"]);

        var usage = (await GetAsync(client, "v1/usage?group_by=key"))["data"]!.AsArray();
        Assert.True(usage.Sum(static row => (int)row!["requests"]!) >= router.DemoRequests);
        Assert.True(usage.Sum(static row => (int)row!["cache_hits"]!) > 50);
        Assert.True(usage.Sum(static row => (int)row!["failures"]!) > 0);
        Assert.True(usage.Sum(static row => (int)row!["hedges"]!) > 0);
        Assert.True(usage.Sum(static row => (int)row!["escalations"]!) > 0);
        // On a clock that stands still between its jumps the router took no time at all, and what came after the day seemed to take it a thousand times as long.
        var now = TimeProvider.System.GetUtcNow();
        var times = Assert.Single((await GetAsync(client, $"v1/usage?group_by=window&from={now.AddDays(-2):yyyy-MM-dd}&to={now.AddDays(1):yyyy-MM-dd}"))["data"]!.AsArray())!;
        Assert.InRange((double)times["overhead_p50"]!, 0.00001, 1);
        Assert.InRange((double)times["overhead_p95"]!, (double)times["overhead_p50"]!, (double)times["latency_p95"]!);
        Assert.Contains((await GetAsync(client, "v1/admin/health"))["data"]!.AsArray(), static deployment => (string?)deployment!["state"] != "closed" && (string?)deployment["provider"] == "northwind");
        Assert.NotEmpty((await GetAsync(client, "v1/requests?status=error&limit=5"))["data"]!.AsArray());
        Assert.Contains((await GetAsync(client, "v1/admin/budgets"))["data"]!.AsArray(), static budget => (decimal)budget!["spent_usd"]! > 0);
        Assert.Single((await GetAsync(client, "v1/admin/configuration/versions"))["data"]!.AsArray());
    }

    [Theory]
    [InlineData("http://0.0.0.0:0", null, "for this machine alone")]
    [InlineData("http://127.0.0.1:0", "router.json", "a configuration of its own")]
    public async Task Demo_WhereItDoesNotBelong_IsRefused(string urls, string? configuration, string reason)
    {
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => LocalRouter.StartAsync(new LocalRouterOptions { IsDemo = true, Urls = urls, ConfigurationPath = configuration, LogLevel = LogLevel.None }));

        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Demo_ThroughAProxy_LetsNoPageInByItself()
    {
        await using var router = await StartAsync();
        using var client = new HttpClient { BaseAddress = router.Address, Timeout = Patience.Limit };
        foreach (var (header, value) in new[] { ("X-Forwarded-For", "10.0.0.7"), ("Forwarded", "for=10.0.0.7"), ("Via", "1.1 proxy"), ("Host", "router.example") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "dashboard/session");
            request.Headers.TryAddWithoutValidation(header, value);
            using var answer = await client.SendAsync(request);

            Assert.True(answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden, $"With {header} it answers {(int)answer.StatusCode}.");
            Assert.False(answer.Headers.Contains("Set-Cookie"));
        }
    }

    /// <summary>Every user of the machine is an admin of it, and could have the secret sent to an address of its own.</summary>
    [Fact]
    public async Task Demo_GivenAConfigurationThatRefersToASecret_RefusesIt()
    {
        await using var router = await StartAsync();
        using var client = new HttpClient { BaseAddress = router.Address, Timeout = Patience.Limit };
        var session = await GetAsync(client, "dashboard/session");
        using var secret = new SecretVariable("sk-of-the-owner");
        foreach (var member in new[] { $"\"credential\": \"{secret.Reference}\"", $"\"credential\": \"none\", \"headers\": {{ \"x-stolen\": \"{secret.Reference}\" }}" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, "v1/admin/configuration")
            {
                Content = new StringContent($$"""
                    { "providers": { "thief": { "kind": "openai", "endpoint": "http://127.0.0.1:1/v1/", {{member}} } },
                      "models": { "mini": { "price": { "inputPerMillion": 1, "outputPerMillion": 1 }, "contextWindow": 1000, "deployments": [{ "provider": "thief", "name": "m" }] } } }
                    """),
            };
            request.Headers.Add("x-router-csrf", (string)session["csrf"]!);
            using var answer = await client.SendAsync(request);
            var text = await answer.Content.ReadAsStringAsync();

            Assert.True((int)answer.StatusCode is >= 400 and < 500, $"It answers {(int)answer.StatusCode}: {text}");
            Assert.Contains("uses no secrets", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Demo_CalledByAPageFromElsewhereWithAKeyThatEveryoneKnows_RefusesIt()
    {
        await using var router = await StartAsync();
        using var client = new HttpClient { BaseAddress = router.Address, Timeout = Patience.Limit };
        foreach (var (origin, status) in new[] { ("https://evil.example", HttpStatusCode.Forbidden), ("http://localhost:3000", HttpStatusCode.OK), (null, HttpStatusCode.OK) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "v1/models");
            request.Headers.Add("Authorization", "Bearer demo-key-of-search");
            if (origin is not null)
                request.Headers.Add("Origin", origin);
            using var answer = await client.SendAsync(request);

            Assert.Equal(status, answer.StatusCode);
            Assert.Equal(origin is not null && status == HttpStatusCode.OK, answer.Headers.Contains("Access-Control-Allow-Origin"));
        }

        using var preflight = new HttpRequestMessage(HttpMethod.Options, "v1/chat/completions");
        preflight.Headers.Add("Origin", "https://evil.example");
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        using var refused = await client.SendAsync(preflight);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.False(refused.Headers.Contains("Access-Control-Allow-Origin"));
    }

    private static Task<LocalRouter> StartAsync() => LocalRouter.StartAsync(new LocalRouterOptions { IsDemo = true, Urls = "http://127.0.0.1:0", LogLevel = LogLevel.None });

    private static async Task<JsonNode> GetAsync(HttpClient client, string path) => JsonNode.Parse(await client.GetStringAsync(new Uri(path, UriKind.Relative)))!;
}
