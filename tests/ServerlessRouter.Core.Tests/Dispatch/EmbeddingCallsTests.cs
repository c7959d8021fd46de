using System.Globalization;
using System.Text;
using ServerlessRouter.Configuration;
using ServerlessRouter.Dispatch;
using ServerlessRouter.Domain;
using ServerlessRouter.Health;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Providers;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Suites;
using ServerlessRouter.Testing.Time;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Dispatch;

/// <summary>Vectors of a vendor on a real socket.</summary>
public sealed class EmbeddingCallsTests : EmbeddingSourceSuite
{
    private FakeUpstream _vendor = null!;
    private RouterServices _services = null!;
    private RouterModel _router = null!;

    public override async Task DisposeAsync()
    {
        await _services.DisposeAsync();
        await _vendor.DisposeAsync();
    }

    [Fact]
    public async Task EmbedAsync_Asked_SendsTheTextAndChargesTheAsker()
    {
        var (asker, result) = await AskAsync("a red fox", dimensions: 8);

        Assert.Equal(8, result.Vector.Length);
        var sent = Assert.Single(_vendor.Books.Requests);
        Assert.Equal("/v1/embeddings", sent.Path);
        Assert.Equal("""{"model":"small","input":"a red fox","dimensions":8}""", Sorted(sent));
        var asked = Assert.Single(asker.SideCalls);
        Assert.Equal("embedding", asked.Purpose);
        Assert.Equal(3, asked.Usage.PromptTokens);
        Assert.Equal(await _vendor.BilledUsdAsync(), asker.SpentUsd);
        Assert.True(asker.SpentUsd > 0);
    }

    [Fact]
    public async Task EmbedAsync_NoDimensions_LeavesThemToTheVendor()
    {
        await AskAsync("a red fox");

        Assert.Null(_vendor.Books.Requests[0].Json!["dimensions"]);
    }

    [Theory]
    [InlineData(null, "/openai/v1/embeddings", "")]
    [InlineData("2024-10-21", "/openai/deployments/small/embeddings", "?api-version=2024-10-21")]
    public async Task EmbedAsync_Azure_GoesBesideItsChat(string? apiVersion, string path, string query)
    {
        var azure = new ProviderModel { Name = "azure", Kind = ProviderKinds.AzureOpenAI, Endpoint = _vendor.BaseAddress, Credential = new Credential.ApiKey("k"), ApiVersion = apiVersion };
        var model = ProviderAttempts.Model(azure, capabilities: Capabilities.Embeddings);
        var settings = _router.Embeddings! with { Model = Renamed(model) };

        var (_, result) = await AskAsync("a red fox", settings: settings);

        Assert.Null(result.Problem);
        var sent = Assert.Single(_vendor.Books.Requests);
        Assert.Equal((path, query, "k"), (sent.Path, sent.Query, sent.Headers["api-key"]));
    }

    [Theory]
    [InlineData(429, "The provider's rate limit is reached.")]
    [InlineData(500, "The provider answered 500.")]
    [InlineData(401, "The provider refused the router's credential.")]
    [InlineData(404, "The provider does not know the deployment.")]
    [InlineData(400, "The provider refused the request with 400.")]
    public async Task EmbedAsync_Refused_IsAValueAndIsNotTriedAgain(int status, string problem)
    {
        _vendor.Next(Reply.Status(status));

        var (asker, result) = await AskAsync("a red fox");

        Assert.Equal(problem, result.Problem);
        Assert.True(result.Vector.IsEmpty);
        Assert.Single(_vendor.Books.Requests);
        Assert.Equal(0, asker.SpentUsd);
    }

    [Theory]
    [InlineData("", "was empty")]
    [InlineData("<html>gateway</html>", "was no list of embeddings")]
    [InlineData("{}", "was no list of embeddings")]
    [InlineData("""{"data":[]}""", "was no list of embeddings")]
    [InlineData("""{"data":[{"embedding":[1]}]} trailing""", "was no list of embeddings")]
    [InlineData("""{"choices":[{"message":{"content":"hello"}}]}""", "was no list of embeddings")]
    [InlineData("""{"error":{"message":"overloaded","type":"server_error"}}""", "")]
    [InlineData("""{"data":[7]}""", "has no vector where one belongs")]
    [InlineData("""{"data":[{"index":0}]}""", "has no vector where one belongs")]
    [InlineData("""{"data":[{"embedding":[]}]}""", "has no vector where one belongs")]
    [InlineData("""{"data":[{"embedding":"AAAA"}]}""", "is no base64 of numbers")]
    [InlineData("""{"data":[{"embedding":[1,"2"]}]}""", "numbers that are none")]
    [InlineData("""{"data":[{"embedding":[1,1e999]}]}""", "numbers that are none")]
    [InlineData("""{"data":[{"embedding":[1,[2]]}]}""", "numbers that are none")]
    [InlineData("""{"data":[{"em\ud800":[1]}]}""", "")]
    public async Task EmbedAsync_Junk_IsAValue(string body, string problem)
    {
        _vendor.Next(Reply.Body(body, "application/json"));

        var (_, result) = await AskAsync("a red fox");

        Assert.NotNull(result.Problem);
        Assert.Contains(problem, result.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EmbedAsync_VectorOfAnotherLength_IsAProblemThatStillCosts()
    {
        _vendor.Next(Reply.Vector(1, 2, 3));

        var (asker, result) = await AskAsync("a red fox", dimensions: 8);

        Assert.Equal("The provider's vectors have 3 numbers instead of the 8 asked for.", result.Problem);
        Assert.True(asker.SpentUsd > 0);
    }

    [Theory]
    [InlineData("""{"data":[],"usage":{"prompt_tokens":3,"total_tokens":3}}""")]
    [InlineData("""{"usage":{"prompt_tokens":3,"total_tokens":3},"error":{"message":"overloaded","type":"server_error"}}""")]
    public async Task EmbedAsync_FailureThatTheVendorBills_IsPaid(string body)
    {
        _vendor.Next(Reply.Body(body, "application/json"));

        var (asker, result) = await AskAsync("a red fox");

        Assert.NotNull(result.Problem);
        Assert.Equal(0.000003m, asker.SpentUsd);
    }

    [Fact]
    public async Task EmbedAsync_EndlessVector_IsAProblem()
    {
        _vendor.Next(Reply.Body($$"""{"data":[{"embedding":[{{string.Join(',', Enumerable.Repeat("1", 20_000))}}]}]}""", "application/json"));

        Assert.Equal("its answer has no vector", (await AskAsync("a red fox")).Result.Problem);
    }

    [Fact]
    public async Task EmbedAsync_Hangs_EndsAfterItsTimeAndLetsGo()
    {
        _vendor.Next(Reply.Vector(1).HangAt(ReplyPoint.AfterHeaders));

        var (asker, result) = await AskAsync("a red fox", within: TimeSpan.FromMilliseconds(100));

        Assert.Equal("it took more than 0.1 s", result.Problem);
        Assert.True(Assert.Single(asker.SideCalls).HasEnded);
        await _vendor.WaitForAbortAsync();
    }

    [Fact]
    public async Task EmbedAsync_HangsAgainAndAgain_IsTakenOutAndNoRequestWaitsForIt()
    {
        var (time, within) = (new ManualTimeProvider(), TimeSpan.FromSeconds(1));
        await using var services = RouterServices.Create(new RouterServicesOptions { Models = new RouterModelSource(_router), Time = time });
        _vendor.Default(Reply.Vector(1).HangAt(ReplyPoint.BeforeHeaders));
        for (var call = 1; call <= new HealthOptions().FailuresInRow; call++)
        {
            var asking = AskAsync("a red fox", within: within, services: services);
            await _vendor.WaitForRequestAsync(call);
            time.Advance(within);
            Assert.Equal("it took more than 1 s", (await asking.WaitAsync(Patience.Limit)).Result.Problem);
        }

        // The clock stands still now: a request that waited would never return.
        var (_, result) = await AskAsync("a red fox", within: within, services: services).WaitAsync(Patience.Limit);

        Assert.Equal("No deployment of the model 'small' may be called right now.", result.Problem);
        Assert.Equal(new HealthOptions().FailuresInRow, _vendor.Books.Requests.Count);
    }

    [Fact]
    public async Task EmbedAsync_ConnectionIsCut_IsAValue()
    {
        _vendor.Next(Reply.Vector(1, 2).ResetAt(ReplyPoint.InsideChunk(1)));

        Assert.Equal("The connection to the provider broke inside its answer.", (await AskAsync("a red fox")).Result.Problem);
    }

    protected override async Task<(IEmbeddingSource Source, RouterModel Router)> CreateAsync()
    {
        _vendor = await FakeUpstream.StartAsync();
        _router = new RouterBuilder()
            .Provider("vendor", provider => provider.Kind(ProviderKinds.OpenAI, _vendor.OpenAiAddress))
            .Model("mini")
            .Model("small", model => model.At("vendor").Can(Capabilities.Embeddings).Price(1, 0))
            .Route("auto", route => route.Candidates("mini"))
            .Embeddings("small")
            .Build();
        _services = RouterServices.Create(new RouterServicesOptions { Models = new RouterModelSource(_router) });
        Assert.IsType<EmbeddingCalls>(_services.Embeddings);
        return (_services.Embeddings, _router);
    }

    private async Task<(RequestContext Asker, EmbeddingResult Result)> AskAsync(string text, int? dimensions = null, EmbeddingsModel? settings = null, TimeSpan? within = null, RouterServices? services = null)
    {
        settings ??= _router.Embeddings!;
        using var request = ScannedRequest.Of(ChatBodies.Plain("x", "auto"));
        var asker = new RequestContext("r1", _router, request, new ListedHeaders(), 0) { Route = _router.Routes[0] };
        var call = new EmbeddingCall(asker, settings.Model, dimensions, Encoding.UTF8.GetBytes(text), within ?? TimeSpan.FromSeconds(20));
        return (asker, await (services ?? _services).Embeddings.EmbedAsync(call, default));
    }

    private static string Sorted(UpstreamRequest sent) => string.Create(
        CultureInfo.InvariantCulture, $$"""{"model":"{{sent.Model}}","input":"{{sent.Input}}","dimensions":{{sent.Json!["dimensions"]}}}""");

    private static LanguageModel Renamed(LanguageModel model) => new()
    {
        Name = "small",
        Index = 0,
        Price = model.Price,
        ContextWindow = model.ContextWindow,
        Capabilities = model.Capabilities,
        QualityByTask = model.QualityByTask,
        DefaultQuality = 0,
        Balancing = model.Balancing,
        Parameters = model.Parameters,
        Deployments = [new DeploymentModel { Id = "azure/small", Index = 0, Provider = model.Deployments[0].Provider, Name = "small" }],
    };
}
