using System.Diagnostics.Metrics;
using System.Net;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Http;

public sealed class EndpointTests
{
    [Theory]
    [InlineData("")]
    [InlineData("chat/completions")]
    [InlineData("favicon.ico")]
    public async Task UnknownPath_IsAnErrorThatSaysWhereChatIs(string path)
    {
        await using var server = await HttpServer.StartAsync();

        using var response = await server.Client.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.NotNull(ChatCompletionsTests.Header(response, "x-request-id"));
        await JsonAssert.EqualAsync($$$"""
            {"error":{"message":"There is no URL /{{{path}}}. Chat is at POST /v1/chat/completions; most clients take a base URL that ends in /v1.",
            "type":"invalid_request_error","param":null,"code":"not_found"}}
            """, response);
    }

    [Theory]
    [InlineData("GET", "v1/chat/completions", "POST")]
    [InlineData("DELETE", "openai/deployments/a/chat/completions", "POST")]
    [InlineData("POST", "v1/models", "GET, HEAD")]
    [InlineData("DELETE", "v1/models/vendor/mini", "GET, HEAD")]
    [InlineData("OPTIONS", "healthz", "GET, HEAD")]
    public async Task OtherMethod_IsAnErrorThatNamesTheRightOnes(string method, string path, string allowed)
    {
        await using var server = await HttpServer.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        using var response = await server.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(allowed, string.Join(", ", response.Content.Headers.Allow));
        await JsonAssert.EqualAsync($$$"""
            {"error":{"message":"/{{{path}}} does not take {{{method}}}; it takes {{{allowed}}}.","type":"invalid_request_error","param":null,"code":"method_not_allowed"}}
            """, response);
    }

    [Theory]
    [InlineData("healthz")]
    [InlineData("readyz")]
    [InlineData("v1/models")]
    [InlineData("v1/models/mini")]
    public async Task Head_OfWhatCanBeGot_IsTheSameHeadersAlone(string path)
    {
        await using var server = await HttpServer.StartAsync();
        using var got = await server.Client.GetAsync(new Uri(path, UriKind.Relative));
        using var request = new HttpRequestMessage(HttpMethod.Head, path);

        using var response = await server.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(got.Content.Headers.ContentLength, response.Content.Headers.ContentLength);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("v1/chat/completions", "v1/chat/completions")]
    [InlineData("V1/Chat/Completions", "v1/chat/completions")]
    [InlineData("openai/v1/chat/completions", "openai/v1/chat/completions")]
    public async Task Chat_HoweverItsPathIsFound_IsMeasuredByItsRoute(string path, string route)
    {
        var measured = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await HttpServer.StartAsync();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Name == "http.server.request.duration" && instrument.Meter.Scope == server.Meters)
                listener.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) => measured.TrySetResult(tags.ToArray().FirstOrDefault(static tag => tag.Key == "http.route").Value as string));
        listener.Start();

        using var response = await server.PostAsync(ChatBodies.Plain(), path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(route, await measured.Task.WaitAsync(Patience.Limit));
    }

    [Fact]
    public async Task Healthz_Always_IsOk()
    {
        await using var server = await HttpServer.StartAsync(vitals: new VitalsOf(static _ => default));

        Assert.Equal("""{"status":"ok"}""", await server.Client.GetStringAsync(new Uri("healthz", UriKind.Relative)));
    }

    [Fact]
    public async Task Readyz_DeploymentToCallOnEveryRoute_IsReady()
    {
        await using var server = await HttpServer.StartAsync(TwoRoutes(), VitalsOf.Healthy);

        using var response = await server.Client.GetAsync(new Uri("readyz", UriKind.Relative));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await JsonAssert.EqualAsync(
            """{"status":"ready","config_version":"test","routes":[{"route":"auto","ready":true},{"route":"best","ready":true}]}""", response);
    }

    [Fact]
    public async Task Readyz_NoDeploymentToCallOnARoute_SaysWhichAndWhy()
    {
        var vitals = new VitalsOf(static id => id == "a/mini" ? new DeploymentVitals { IsCallable = true } : new DeploymentVitals { OpenForSeconds = id == "b/large" ? 11.2 : 40 });
        await using var server = await HttpServer.StartAsync(TwoRoutes(), vitals);

        using var response = await server.Client.GetAsync(new Uri("readyz", UriKind.Relative));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        await JsonAssert.EqualAsync("""
            {"status":"unavailable","config_version":"test","routes":[{"route":"auto","ready":true},
            {"route":"best","ready":false,"reason":"None of its 2 deployments may be called; the first opens in 12 s."}]}
            """, response);
    }

    [Theory]
    [InlineData("v1/models", HttpStatusCode.Unauthorized)]
    [InlineData("v1/models/mini", HttpStatusCode.Unauthorized)]
    [InlineData("readyz", HttpStatusCode.ServiceUnavailable)]
    public async Task RouterWithoutKeysThatOthersReach_AnswersNoCallerAndSaysWhy(string path, HttpStatusCode expected)
    {
        await using var server = await HttpServer.StartAsync(new RouterBuilder().Model("mini").WithoutAnonymousCallers().Build());

        using var response = await server.Client.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Equal(expected, response.StatusCode);
        Assert.Contains("This router has no keys yet and can be reached by others, so it serves no caller.", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Route_Planned_IsTheExplanation()
    {
        var router = TwoRoutes();
        await using var server = await HttpServer.StartAsync(router);
        server.Pipeline.Answer = static (_, _) => throw new InvalidOperationException("no vendor may be called");
        server.Pipeline.Plan = context =>
        {
            context.Route = router.Routes[0];
            context.Plan = new RoutePlan { Candidates = [new(router.Models[0], 0.5f, 0.001, null, 1, "cheapest", false)], Exclusions = [], Objective = "cost" };
            return null;
        };
        server.Client.DefaultRequestHeaders.Add("x-request-id", "r1");

        using var response = await server.PostAsync(ChatBodies.Plain(), "v1/route");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await JsonAssert.EqualAsync("""
            {"request_id":"r1","config_version":"test","tier":"default","route":"auto","rule":null,"objective":"cost","quality_floor":0,
            "candidates":[{"model":"mini","quality":0.5,"correction":0,"cost_usd":0.001,"output_tokens":0,"latency_seconds":null,"first_token_seconds":null,"tokens_per_second":null,"score":1,
            "standing":"eligible","is_fallback":false,"reason":"cheapest"}],"exclusions":[]}
            """, response);
    }

    [Fact]
    public async Task Route_NoModelAble_IsTheErrorThatAnAnswerWouldBe()
    {
        await using var server = await HttpServer.StartAsync();
        server.Pipeline.Plan = static _ => new RouterError(RouterErrorCode.ConstraintFiltered, "NoCaller is that cheap.") { ExcludedBy = ["max_price"] };

        using var response = await server.PostAsync(ChatBodies.Plain(), "v1/route");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        await JsonAssert.EqualAsync("""
            {"error":{"message":"NoCaller is that cheap.","type":"invalid_request_error","param":null,"code":"constraint_filtered",
            "availability":{"code":"constraint_filtered","excluded_by":["max_price"]}}}
            """, response);
    }

    private static RouterModel TwoRoutes() => new RouterBuilder()
        .Model("mini", static model => model.At("a"))
        .Model("large", static model => model.At("b").At("c"))
        .Route("auto", static route => route.Candidates("large").Fallbacks("mini"))
        .Route("best", static route => route.Candidates("large"))
        .Build();
}
