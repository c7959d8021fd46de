using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.LocalHost.Telemetry;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Telemetry;

/// <summary><c>GET /metrics</c>, as Prometheus reads it.</summary>
public sealed class MetricsPageTests : IAsyncLifetime
{
    private const string AdminKey = "the-admin-key-of-the-page";

    private FakeUpstream _upstream = null!;

    public async Task InitializeAsync()
    {
        _upstream = await FakeUpstream.StartAsync();
        _upstream.Default(Reply.Text("Fine.").Usage(prompt: 20, completion: 4));
    }

    public async Task DisposeAsync() => await _upstream.DisposeAsync();

    [Fact]
    public async Task Page_CountsRequestsOnceAndCallsOnce()
    {
        var name = Unique();
        await using var broken = await FakeUpstream.StartAsync();
        broken.Default(Reply.Status(500));
        var file = new RouterFile().Upstream($"bad-{name}", broken).Upstream($"good-{name}", _upstream).Route(name, [$"bad-{name}", $"good-{name}"])
            .Route($"{name}-kept", [$"good-{name}"], """{ "cache": { "ttlSeconds": 60 } }""");
        await using var router = await RunningRouter.StartAsync(file.ToString(), static options => options with { Metrics = MetricsMode.On });

        await router.ChatAsync(ChatBodies.Plain("One.", name));
        await router.ChatAsync(ChatBodies.Plain("One.", $"{name}-kept"));
        await router.ChatAsync(ChatBodies.Plain("One.", $"{name}-kept"));
        var page = await PageAsync(router);

        Assert.Equal(1, Sum(page, "router_requests_total", $"router_route=\"{name}\"", "router_outcome=\"answered\"", $"router_model=\"good-{name}\""));
        Assert.Equal(1, Sum(page, "router_requests_total", $"router_route=\"{name}-kept\"", "router_cache=\"miss\""));
        Assert.Equal(1, Sum(page, "router_requests_total", $"router_route=\"{name}-kept\"", "router_cache=\"hit\""));
        Assert.Equal(Sum(page, "router_requests_total", $"router_route=\"{name}\""), Sum(page, "router_request_duration_seconds_count", $"router_route=\"{name}\""));
        Assert.Equal(2, Sum(page, "gen_ai_client_operation_duration_seconds_count", $"gen_ai_request_model=\"good-{name}-at-good-{name}-vendor\""));
        Assert.Equal(broken.Books.Requests.Count, Sum(page, "gen_ai_client_operation_duration_seconds_count", $"gen_ai_request_model=\"bad-{name}-at-bad-{name}-vendor\"", "error_type=\"server_error\""));
        Assert.Equal(40, Sum(page, "gen_ai_client_token_usage_sum", $"gen_ai_request_model=\"good-{name}-at-good-{name}-vendor\"", "gen_ai_token_type=\"input\""));
        Assert.Equal(8, Sum(page, "gen_ai_client_token_usage_sum", $"gen_ai_request_model=\"good-{name}-at-good-{name}-vendor\"", "gen_ai_token_type=\"output\""));
        Assert.Equal(0.000036, Sum(page, "router_request_cost_total", $"router_route=\"{name}\""), 9);
        Assert.Contains("le=\"0.01\"", page, StringComparison.Ordinal);
        Assert.Contains("le=\"81.92\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("router_tokens", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_BeginsToCountWithTheFirstLook_UnlessAskedFor()
    {
        var name = Unique();
        await using var router = await RunningRouter.StartAsync(new RouterFile().Upstream(name, _upstream).ToString(), static options => options);
        await router.ChatAsync(ChatBodies.Plain("One.", name));

        var first = await PageAsync(router);
        await router.ChatAsync(ChatBodies.Plain("Two.", name));
        var second = await PageAsync(router, after: first);

        Assert.Equal(0, Sum(first, "router_requests_total", $"router_route=\"{name}\""));
        Assert.Equal(0, Sum(first, "router_breakers_open", $"router_model=\"{name}\""));
        Assert.Contains($"router_model=\"{name}\"", first, StringComparison.Ordinal);
        Assert.Equal(1, Sum(second, "router_requests_total", $"router_route=\"{name}\""));
    }

    [Fact]
    public async Task Page_WhereOthersReachTheRouter_AsksForTheAdminKey()
    {
        using var callers = new SecretVariable("a-callers-key");
        using var admin = new SecretVariable(AdminKey);
        var file = new RouterFile().Upstream("mini", _upstream).Key("caller", callers.Reference);
        await using var router = await RunningRouter.StartAsync(file.ToString(), options => options with { Urls = "http://0.0.0.0:0", AdminKey = admin.Reference });

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(router));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(router, "authorization", "Bearer a-callers-key"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(router, "authorization", $"Bearer {AdminKey}"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(router, "api-key", AdminKey));
    }

    [Theory]
    [InlineData("x-forwarded-for", "10.0.0.7")]
    [InlineData("forwarded", "for=10.0.0.7")]
    [InlineData("via", "1.1 proxy")]
    [InlineData("host", "router.example")]
    [InlineData("origin", "https://evil.example")]
    public async Task Page_ThroughAProxyOfThisMachine_AsksForTheAdminKey(string header, string value)
    {
        using var callers = new SecretVariable("a-callers-key");
        using var admin = new SecretVariable(AdminKey);
        var file = new RouterFile().Upstream("mini", _upstream).Key("caller", callers.Reference);
        await using var router = await RunningRouter.StartAsync(file.ToString(), options => options with { AdminKey = admin.Reference });

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(router));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(router, header, value));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(router, header, value, AdminKey));
    }

    [Fact]
    public async Task Page_ThatIsOff_IsNoPage()
    {
        await using var router = await RunningRouter.StartAsync(new RouterFile().Upstream("mini", _upstream).ToString(), static options => options with { Metrics = MetricsMode.Off });

        Assert.Equal(HttpStatusCode.NotFound, (await router.GetAsync("metrics")).Status);
    }

    private static async Task<HttpStatusCode> StatusAsync(RunningRouter router, string header = "x-none", string value = "", string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new UriBuilder(router.Address) { Host = "127.0.0.1", Path = "metrics" }.Uri);
        request.Headers.TryAddWithoutValidation(header, value);
        if (key is not null)
            request.Headers.Add("x-api-key", key);
        using var response = await router.Client.SendAsync(request);
        return response.StatusCode;
    }

    private static string Unique() => $"m{Guid.NewGuid().ToString("N")[..8]}";

    /// <summary>The page is made anew at most three times a second.</summary>
    private static async Task<string> PageAsync(RunningRouter router, string? after = null)
    {
        var text = after ?? "";
        while (text == (after ?? "") || text.Length == 0)
            text = await router.Client.GetStringAsync("metrics");
        return text;
    }

    private static double Sum(string page, string metric, params string[] labels) => page.Split('\n')
        .Where(line => line.StartsWith(metric + "{", StringComparison.Ordinal) && labels.All(label => line.Contains(label, StringComparison.Ordinal)))
        .Sum(static line => double.Parse(Regex.Match(line, @"\} (\S+)").Groups[1].Value, CultureInfo.InvariantCulture));
}
