using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests;

/// <summary>An application calls one URL and gets its answer from the model it should come from, at the price the vendor's own books say.</summary>
public sealed class MainJobTests : IAsyncLifetime
{
    private FakeUpstream _mini = null!;
    private FakeUpstream _large = null!;
    private RunningRouter _router = null!;

    public async Task InitializeAsync()
    {
        _mini = await FakeUpstream.StartAsync();
        _large = await FakeUpstream.StartAsync();
        _router = await RunningRouter.StartAsync(new RouterFile()
            .Upstream("mini", _mini, """{ "quality": { "default": 0.6 } }""")
            .Upstream("large", _large, """{ "quality": { "default": 0.9 } }""")
            .Route("auto", ["mini"], """{ "fallbacks": ["large"] }""")
            .Route("best", ["mini", "large"], """{ "objective": { "prefer": "quality" } }"""));
    }

    public async Task DisposeAsync()
    {
        await _router.DisposeAsync();
        await _mini.DisposeAsync();
        await _large.DisposeAsync();
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_ByRoute_AnswersFromTheRoutesChoice(bool stream)
    {
        _large.Next(Reply.Text("Hello from large."));

        var answer = await _router.ChatAsync(ChatBodies.For(stream, model: "best"));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(stream, answer.IsStream);
        Assert.True(answer.IsWhole);
        Assert.Equal("Hello from large.", answer.Text);
        Assert.Equal("stop", answer.FinishReason);
        Assert.Empty(_mini.Books.Requests);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_ByModel_AsksThatModelByItsVendorsName(bool stream)
    {
        var answer = await _router.ChatAsync(ChatBodies.For(stream, "Ping.", "large"));

        Assert.Equal("Echo: Ping.", answer.Text);
        Assert.Equal("large-at-large-vendor", Assert.Single(_large.Books.Requests).Model);
        Assert.Empty(_mini.Books.Requests);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_ModelsListGiven_TheFirstThatAnswersIsNamed(bool stream)
    {
        _mini.Next(Reply.Status(503));

        var answer = await _router.ChatAsync(ChatBodies.With(ChatBodies.For(stream, model: "mini"), "models", """["large"]"""));

        Assert.Equal("Echo: Say hello.", answer.Text);
        Assert.Equal("large-at-large-vendor", answer.Model);
        Assert.Equal("large", answer.Header("x-router-model"));
        Assert.Equal(2, answer.Attempts);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_FirstAttemptSaysNothing_TheFallbackAnswersAtItsOwnPrice(bool stream)
    {
        _mini.Next(Reply.Text("never seen").ResetAt(ReplyPoint.BeforeHeaders));
        _large.Next(Reply.Text("All is well.").Usage(400, 30, cached: 100, reasoning: 12));

        var answer = await _router.ChatAsync(ChatBodies.For(stream));

        Assert.Equal("All is well.", answer.Text);
        Assert.Equal(2, answer.Attempts);
        Assert.Equal("large", answer.Header("x-router-model"));
        Assert.Equal(await _large.BilledUsdAsync(), answer.CostUsd);
    }

    [Fact]
    public async Task Chat_FirstAttemptReportsUsageBeforeItBreaks_BothCallsAreInTheBill()
    {
        _mini.Next(Reply.Text("never seen").Usage(1000, 0).UsageAt(UsagePlacement.FirstChunk).ResetAt(ReplyPoint.BeforeFirstToken));

        var answer = await _router.ChatAsync(ChatBodies.Streamed());

        Assert.Equal("Echo: Say hello.", answer.Text);
        Assert.Equal(1000 * 1.00m / 1_000_000m, await _mini.BilledUsdAsync());
        Assert.Equal(await _mini.BilledUsdAsync() + await _large.BilledUsdAsync(), answer.CostUsd);
        Assert.Equal(await _mini.BilledUsdAsync(), (decimal)answer.Usage!["cost_details"]!["other_attempts_cost"]!);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_CachedAndReasoningTokens_CostEqualsTheVendorsBooks(bool stream)
    {
        _mini.Next(Reply.Text("Thought about it.").Usage(1200, 345, cached: 700, reasoning: 300));

        var answer = await _router.ChatAsync(ChatBodies.For(stream));

        Assert.Equal(await _mini.BilledUsdAsync(), answer.CostUsd);
        Assert.Equal((500 * 1.00m + 700 * 0.50m + 345 * 4.00m) / 1_000_000m, answer.CostUsd);
        Assert.Equal(700, (int?)answer.Usage!["prompt_tokens_details"]!["cached_tokens"]);
        Assert.Equal(300, (int?)answer.Usage["completion_tokens_details"]!["reasoning_tokens"]);
        Assert.False((bool?)answer.Usage["cost_details"]!["is_estimated"]);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_VendorStatesItsCost_ThatCostIsTheCallersCost(bool stream)
    {
        _mini.Next(Reply.Text("Priced.").Usage(10, 5).ReportCost(0.0123m));

        var answer = await _router.ChatAsync(ChatBodies.For(stream));

        Assert.Equal(0.0123m, answer.CostUsd);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_VendorSendsNoUsage_CostIsEstimatedAndMarkedSo(bool stream)
    {
        _mini.Next(Reply.Text("Forty bytes of text, give or take a few.").UsageAt(UsagePlacement.Absent));

        var answer = await _router.ChatAsync(ChatBodies.For(stream));

        Assert.True((bool?)answer.Usage!["cost_details"]!["is_estimated"]);
        Assert.InRange((int)answer.Usage["completion_tokens"]!, 8, 14);
        Assert.True(answer.CostUsd > 0);
    }

    [Fact]
    public async Task Chat_StreamWithoutIncludeUsage_UsageIsAskedOfTheVendorAndKeptFromTheCaller()
    {
        var answer = await _router.ChatAsync(ChatBodies.With(ChatBodies.Plain(), "stream", "true"));

        Assert.True(answer.IsWhole);
        Assert.Null(answer.Usage);
        Assert.DoesNotContain(answer.Chunks, chunk => chunk["choices"]!.AsArray().Count == 0);
        Assert.True(Assert.Single(_mini.Books.Requests).WantsStreamedUsage);
    }

    [Theory]
    [InlineData("""{"model":"mini","messages":[{"role":"user","content":"hi"}]}""", """{"model":"mini-at-mini-vendor","messages":[{"role":"user","content":"hi"}]}""")]
    [InlineData(
        """{ "x_vendor" : {"deep":[1,2.50,1e3,"\u00e9\/"]} ,"messages":[ {"role":"user","content":"h\u0069 é","name":null}], "seed":12345678901234567890, "model" : "mini" , "zzz":[] }""",
        """{ "x_vendor" : {"deep":[1,2.50,1e3,"\u00e9\/"]} ,"messages":[ {"role":"user","content":"h\u0069 é","name":null}], "seed":12345678901234567890, "model" : "mini-at-mini-vendor" , "zzz":[] }""")]
    public async Task Chat_FieldsTheRouterDoesNotKnow_ReachTheVendorByteForByte(string sent, string expected)
    {
        await _router.ChatAsync(Encoding.UTF8.GetBytes(sent));

        Assert.Equal(expected, Assert.Single(_mini.Books.Requests).BodyText);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_Answered_HeadersSayHowItCameAbout(bool stream)
    {
        var answer = await _router.ChatAsync(ChatBodies.For(stream), ("x-request-id", "mine-42"));

        Assert.Equal("mine-42", answer.Header("x-request-id"));
        Assert.Equal("mini", answer.Header("x-router-model"));
        Assert.Equal("auto", answer.Header("x-router-route"));
        Assert.Equal("1", answer.Header("x-router-attempts"));
        Assert.Contains("mini-vendor", answer.Header("x-router-deployment"), StringComparison.Ordinal);
        Assert.NotEmpty(answer.Header("x-router-config-version")!);
        Assert.StartsWith("router;dur=", answer.Header("Server-Timing"), StringComparison.Ordinal);
        Assert.Equal(stream ? "text/event-stream" : "application/json", answer.Header("Content-Type"));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_MetadataWanted_TheAnswerExplainsTheDecision(bool stream)
    {
        _mini.Next(Reply.Status(500));

        var answer = await _router.ChatAsync(ChatBodies.For(stream), ("x-router-metadata", "enabled"));

        var metadata = answer.Metadata!;
        Assert.Equal("auto", (string?)metadata["route"]);
        Assert.NotNull(metadata["profile"]!["difficulty"]);
        Assert.Equal(["mini", "large"], metadata["candidates"]!.AsArray().Select(candidate => (string?)candidate!["model"]));
        Assert.Equal(["server_error", "answered"], metadata["attempts"]!.AsArray().Select(attempt => (string?)attempt!["outcome"]));
        Assert.Equal(await _large.BilledUsdAsync(), (decimal)metadata["cost_usd"]!);
        Assert.Equal(answer.CostUsd, (decimal)metadata["cost_usd"]!);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_MetadataNotWanted_TheAnswerCarriesNone(bool stream) =>
        Assert.Null((await _router.ChatAsync(ChatBodies.For(stream))).Metadata);

    [Fact]
    public async Task Models_Asked_ListsRoutesAndModelsWithPriceWindowAndCapabilities()
    {
        var list = (await _router.GetAsync("v1/models")).Json;

        Assert.Equal("list", (string?)list["object"]);
        Assert.Equal(["auto", "best", "mini", "large"], list["data"]!.AsArray().Select(item => (string?)item!["id"]));
        var mini = list["data"]!.AsArray().Single(item => (string?)item!["id"] == "mini")!;
        Assert.Equal("0.000001", (string?)mini["pricing"]!["prompt"]);
        Assert.Equal("0.000004", (string?)mini["pricing"]!["completion"]);
        Assert.Equal(100_000, (int?)mini["context_length"]);
        Assert.Contains("tools", mini["capabilities"]!.AsArray().Select(item => (string?)item));
    }

    [Fact]
    public async Task Model_Asked_DescribesThatOne()
    {
        var model = (await _router.GetAsync("v1/models/large")).Json;

        Assert.Equal(("large", "model"), ((string?)model["id"], (string?)model["object"]));
        Assert.Equal(HttpStatusCode.NotFound, (await _router.GetAsync("v1/models/larch")).Status);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Route_Asked_AnswersThePlanAndCallsNoVendor(bool stream)
    {
        var plan = (await _router.PostAsync("v1/route", ChatBodies.For(stream, "Write a function that adds two numbers.", "best"))).Json;

        Assert.Equal("best", (string?)plan["route"]);
        Assert.Equal(["large", "mini"], plan["candidates"]!.AsArray().Select(candidate => (string?)candidate!["model"]));
        Assert.All(plan["candidates"]!.AsArray(), candidate => Assert.NotEmpty((string)candidate!["reason"]!));
        Assert.NotEmpty(plan["profile"]!["contributions"]!.AsArray());
        Assert.Empty(_mini.Books.Requests);
        Assert.Empty(_large.Books.Requests);
    }

    [Fact]
    public async Task Route_ACandidateCannotDoIt_IsExcludedWithTheReason()
    {
        await using var router = await RunningRouter.StartAsync(new RouterFile()
            .Upstream("blind", _mini, """{ "capabilities": [] }""").Upstream("seeing", _large).Route("auto", ["blind", "seeing"]));

        var plan = (await router.PostAsync("v1/route", ChatBodies.WithImage())).Json;

        Assert.Equal("seeing", (string?)Assert.Single(plan["candidates"]!.AsArray())!["model"]);
        var exclusion = Assert.Single(plan["exclusions"]!.AsArray())!;
        Assert.Equal("blind", (string?)exclusion["model"]);
        Assert.Contains("vision", (string?)exclusion["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task HealthAndReadiness_AllInOrder_BothSaySo()
    {
        Assert.Equal(HttpStatusCode.OK, (await _router.GetAsync("healthz")).Status);
        Assert.Equal("ready", (string?)(await _router.GetAsync("readyz")).Json["status"]);
        Assert.Null(await _router.ObstacleAsync("auto"));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_AnthropicVendor_AnswersInOpenAisWords(bool stream)
    {
        await using var router = await RunningRouter.StartAsync(new RouterFile()
            .Provider("claude-vendor", _mini.OpenAiAddress, "anthropic").Model("claude", ["claude-vendor"]));
        _mini.Next(Reply.Text("Bonjour à tous.").Usage(300, 20, cached: 100, cacheWrite: 50));

        var answer = await router.ChatAsync(ChatBodies.For(stream, model: "claude"));

        Assert.Equal("Bonjour à tous.", answer.Text);
        Assert.Equal("stop", answer.FinishReason);
        Assert.Equal(Dialect.Anthropic, Assert.Single(_mini.Books.Requests).Dialect);
        Assert.Equal(await _mini.BilledUsdAsync(), answer.CostUsd);
        Assert.Equal(300, (int?)answer.Usage!["prompt_tokens"]);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_AnthropicVendorCallsATool_TheCallIsTranslatedBothWays(bool stream)
    {
        await using var router = await RunningRouter.StartAsync(new RouterFile()
            .Provider("claude-vendor", _mini.OpenAiAddress, "anthropic").Model("claude", ["claude-vendor"]));
        _mini.Next(Reply.Call(ChatBodies.WeatherTool, """{"city":"Oslo"}"""));
        var body = ChatBodies.WithTools(model: "claude");

        var answer = await router.ChatAsync(stream ? ChatBodies.AsStream(body) : body);

        Assert.Equal("tool_calls", answer.FinishReason);
        var calls = answer.Chunks.SelectMany(chunk => chunk["choices"]!.AsArray())
            .SelectMany(choice => (choice!["delta"] ?? choice["message"])?["tool_calls"]?.AsArray() ?? []).Select(call => call!["function"]!).ToList();
        Assert.Equal(ChatBodies.WeatherTool, string.Concat(calls.Select(call => (string?)call["name"])));
        var arguments = JsonNode.Parse(string.Concat(calls.Select(call => (string?)call["arguments"])))!;
        Assert.Equal("Oslo", (string?)arguments["city"]);
    }

    [Theory]
    [InlineData(false, "{}", "/openai/v1/chat/completions", "")]
    [InlineData(true, "{}", "/openai/v1/chat/completions", "")]
    [InlineData(false, """{ "apiVersion": "2024-10-21" }""", "/openai/deployments/gpt-at-azure/chat/completions", "?api-version=2024-10-21")]
    [InlineData(true, """{ "apiVersion": "2024-10-21" }""", "/openai/deployments/gpt-at-azure/chat/completions", "?api-version=2024-10-21")]
    public async Task Chat_AzureVendor_BothPathShapesAnswer(bool stream, string settings, string path, string query)
    {
        using var key = new SecretVariable("azure-key");
        var provider = JsonNode.Parse(settings)!;
        provider["credential"] = key.Reference;
        _mini.RequiredKey = "azure-key";
        await using var router = await RunningRouter.StartAsync(new RouterFile()
            .Provider("azure", _mini.BaseAddress, "azure-openai", provider.ToJsonString()).Model("gpt", ["azure"]));

        var answer = await router.ChatAsync(ChatBodies.For(stream, "Ping.", "gpt"));

        Assert.Equal("Echo: Ping.", answer.Text);
        var request = Assert.Single(_mini.Books.Requests);
        Assert.Equal((path, query), (request.Path, request.Query));
        Assert.Equal(await _mini.BilledUsdAsync(), answer.CostUsd);
    }

    [Theory]
    [InlineData("openai/v1/chat/completions")]
    [InlineData("openai/deployments/mini/chat/completions?api-version=2024-10-21")]
    public async Task Chat_AzureClientsPaths_AreServedToo(string path)
    {
        var answer = await _router.PostAsync(path, ChatBodies.Plain("Ping.", "mini"));

        Assert.Equal("Echo: Ping.", answer.Text);
        Assert.Equal("mini", answer.Header("x-router-model"));
    }
}
