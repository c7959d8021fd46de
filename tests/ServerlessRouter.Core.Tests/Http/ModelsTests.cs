using System.Net;
using System.Text.Json.Nodes;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Testing.Models;
using Xunit;

namespace ServerlessRouter.Core.Tests.Http;

public sealed class ModelsTests
{
    private const string Large = """
        {"id":"vendor/large","object":"model","created":0,"owned_by":"azure","kind":"model","context_length":200000,"max_completion_tokens":8000,
        "pricing":{"prompt":"0.0000025","completion":"0.00001","input_cache_read":"0.0000025","input_cache_write":"0.0000025","request":"0.002"},
        "capabilities":["tools","json_schema","streaming"],
        "supported_parameters":["max_tokens","max_completion_tokens","top_p","stop","seed","presence_penalty","frequency_penalty",
        "stream","stream_options","tools","tool_choice","parallel_tool_calls","response_format","structured_outputs"]}
        """;

    [Fact]
    public async Task Model_OfANameWithASlash_IsDescribed()
    {
        await using var server = await HttpServer.StartAsync(Router());

        using var response = await server.Client.GetAsync(new Uri("v1/models/vendor/large", UriKind.Relative));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await JsonAssert.EqualAsync(Large, response);
    }

    [Fact]
    public async Task Model_OfANameWithAnEscapedSlash_IsDescribed()
    {
        await using var server = await HttpServer.StartAsync(Router());

        using var response = await server.Client.GetAsync(new Uri("v1/models/vendor%2Flarge", UriKind.Relative));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Route_CanWhatOneOfItsModelsCan_AndCostsWhatTheDearestDoes()
    {
        await using var server = await HttpServer.StartAsync(Router());

        using var response = await server.Client.GetAsync(new Uri("v1/models/auto", UriKind.Relative));

        await JsonAssert.EqualAsync("""
            {"id":"auto","object":"model","created":0,"owned_by":"serverless-router","kind":"route","models":["mini","vendor/large"],
            "context_length":200000,"max_completion_tokens":128000,
            "pricing":{"prompt":"0.0000025","completion":"0.00001","input_cache_read":"0.0000025","input_cache_write":"0.0000025","request":"0.002"},
            "pricing_range":{"prompt":{"min":"0.00000015","max":"0.0000025"},"completion":{"min":"0.0000006","max":"0.00001"}},
            "capabilities":["tools","json_schema","streaming"],
            "supported_parameters":["max_tokens","max_completion_tokens","temperature","top_p","stop","seed","presence_penalty","frequency_penalty",
            "stream","stream_options","tools","tool_choice","parallel_tool_calls","response_format","structured_outputs"]}
            """, response);
    }

    [Theory]
    [InlineData("v1/models")]
    [InlineData("openai/v1/models")]
    public async Task Models_OfACallerWithoutLimits_AreRoutesThenModels(string path)
    {
        await using var server = await HttpServer.StartAsync(Router());

        var list = JsonNode.Parse(await server.Client.GetStringAsync(new Uri(path, UriKind.Relative)))!;

        Assert.Equal("list", (string)list["object"]!);
        Assert.Equal(["auto", "mini", "vendor/large"], list["data"]!.AsArray().Select(static model => (string)model!["id"]!));
        JsonAssert.Equal(Large, list["data"]![2]!.ToJsonString());
    }

    [Fact]
    public async Task Models_OfATier_AreThoseItMayUse()
    {
        await using var server = await HttpServer.StartAsync(Router(static router => router.Key("key", "team", allowed: ["auto"])));
        server.Client.DefaultRequestHeaders.Add("Authorization", "Bearer key");

        var list = JsonNode.Parse(await server.Client.GetStringAsync(new Uri("v1/models", UriKind.Relative)))!;
        using var forbidden = await server.Client.GetAsync(new Uri("v1/models/mini", UriKind.Relative));

        Assert.Equal(["auto"], list["data"]!.AsArray().Select(static model => (string)model!["id"]!));
        Assert.Equal(HttpStatusCode.NotFound, forbidden.StatusCode);
        await JsonAssert.EqualAsync("""
            {"error":{"message":"There is no route or model 'mini' that this key may use. GET /v1/models lists what it may use.","type":"invalid_request_error",
            "param":"id","code":"model_not_found","availability":{"code":"model_not_found","excluded_by":[]}}}
            """, forbidden);
    }

    [Theory]
    [InlineData("v1/models")]
    [InlineData("v1/models/mini")]
    public async Task Models_WithoutAKeyWhereOneIsNeeded_AreNotTold(string path)
    {
        await using var server = await HttpServer.StartAsync(Router(static router => router.Key("key", "team")));

        using var response = await server.Client.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
        Assert.Contains("\"code\":\"invalid_api_key\"", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static RouterModel Router(Action<RouterBuilder>? set = null)
    {
        var router = new RouterBuilder()
            .Model("mini", static model => model.Price(0.15m, 0.6m))
            .Model("vendor/large", static model => model
                .At("azure").Price(2.5m, 10, 0.002m).Window(200_000, 8_000).Can(Capabilities.Tools | Capabilities.JsonSchema).Drops("temperature"))
            .Route("auto", static route => route.Candidates("mini").Fallbacks("vendor/large"));
        set?.Invoke(router);
        return router.Build();
    }
}
