using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Loading;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Functions.Hosting;
using ServerlessRouter.Functions.Jobs;
using ServerlessRouter.Functions.Telemetry;
using ServerlessRouter.Functions.Tests.Http;
using ServerlessRouter.Http;
using ServerlessRouter.Http.Admin;
using ServerlessRouter.Jobs.Services;
using ServerlessRouter.Providers;
using ServerlessRouter.Telemetry;
using ServerlessRouter.Testing.Upstreams;
using Xunit;

namespace ServerlessRouter.Functions.Tests.Telemetry;

/// <summary>What the app sends to Application Insights, by the real exporter: enough to find every request, and little enough to pay for.</summary>
/// <remarks>Alone, because spans have one set of listeners in a process, and other tests make spans too.</remarks>
[CollectionDefinition(nameof(TelemetryRegistrationTests), DisableParallelization = true)]
[Collection(nameof(TelemetryRegistrationTests))]
public sealed class TelemetryRegistrationTests : IAsyncLifetime
{
    private const int Chats = 50;
    private const int MaxBytesOfAChat = 1024;
    private const string CallerKey = "sk-caller-key-that-no-row-may-hold";
    private const string VendorKey = "sk-vendor-key-that-no-row-may-hold";
    private const string Prompt = "a prompt that no row may hold";

    private IngestionDouble _ingestion = null!;
    private FakeUpstream _upstream = null!;

    public async Task InitializeAsync()
    {
        _ingestion = await IngestionDouble.StartAsync();
        _upstream = await FakeUpstream.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _upstream.DisposeAsync();
        await _ingestion.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Chats_Ordinary_LeaveARowEachOfAKilobyteAtMost(bool isStream)
    {
        var ids = new List<string>();
        await using (var app = await StartAsync(("ROUTER_TELEMETRY_DETAILS", "0")))
        {
            for (var chat = 0; chat < Chats; chat++)
                ids.Add((await AskAsync(app, isStream)).Id);
        }

        Assert.Equal(ids.Order(StringComparer.Ordinal), _ingestion.Requests.Select(static row => row.Property("router.request.id")!).Order(StringComparer.Ordinal));
        Assert.Empty(_ingestion.Calls);
        Assert.InRange(_ingestion.Rows.Sum(static row => row.Bytes) / Chats, 1, MaxBytesOfAChat);
        Assert.All(_ingestion.Requests, static row =>
        {
            Assert.Equal("POST /v1/chat/completions", row.Member("name"));
            Assert.Equal("/v1/chat/completions", row.Member("url"));
            Assert.Equal("200", row.Member("responseCode"));
            Assert.Equal("auto", row.Property("router.route"));
            Assert.Equal("mini", row.Property("router.model"));
            Assert.Equal("fake/gpt-5-mini", row.Property("router.deployment"));
            Assert.Equal("answered", row.Property("router.outcome"));
            Assert.NotNull(row.Property("router.cost"));
            Assert.NotNull(row.Property("gen_ai.usage.input_tokens"));
            Assert.NotNull(row.Property("gen_ai.usage.output_tokens"));
            Assert.NotEqual("00:00:00", row.Member("duration"));
        });
    }

    [Fact]
    public async Task Chats_OfWhichAShareIsSent_CountForTheOthers()
    {
        await using (var app = await StartAsync(("ROUTER_TELEMETRY_SAMPLING", "0.2"), ("ROUTER_TELEMETRY_DETAILS", "0")))
        {
            for (var chat = 0; chat < 4 * Chats; chat++)
                await AskAsync(app);
        }

        Assert.InRange(_ingestion.Requests.Count(), 1, 2 * Chats);
        Assert.All(_ingestion.Requests, static row => Assert.Equal(20, row.SampleRate));
        Assert.Equal(4 * Chats, _ingestion.Rows.Where(static row => row.Kind == "MetricData" && row.Text.Contains("\"router.requests\"", StringComparison.Ordinal)).Sum(ValueOf));
    }

    [Fact]
    public async Task Chat_ThatFails_IsAlwaysSentWithItsCalls()
    {
        _upstream.Default(Reply.Status(500));
        (HttpStatusCode Status, string Id) answer;
        await using (var app = await StartAsync(("ROUTER_TELEMETRY_SAMPLING", "0.01")))
            answer = await AskAsync(app);

        Assert.Equal(HttpStatusCode.BadGateway, answer.Status);
        var row = Assert.Single(_ingestion.Requests);
        Assert.Equal(answer.Id, row.Property("router.request.id"));
        Assert.Equal("False", row.Member("success"));
        Assert.Null(row.SampleRate);
        Assert.NotEmpty(_ingestion.Calls);
        Assert.All(_ingestion.Calls, call => Assert.Equal(row.Operation, call.Operation));
    }

    [Fact]
    public async Task Chat_ThatIsSlow_IsAlwaysSentWithItsCalls()
    {
        await using (var app = await StartAsync(("ROUTER_TELEMETRY_SAMPLING", "0.01"), ("ROUTER_TELEMETRY_SLOW_SECONDS", "0.001")))
            await AskAsync(app);

        Assert.Equal("True", Assert.Single(_ingestion.Requests).Member("success"));
        Assert.Contains(_ingestion.Calls, static call => call.Property("router.deployment") == "fake/gpt-5-mini");
    }

    [Fact]
    public async Task Requests_RefusedBeforeARoute_HaveTheirIds()
    {
        string id;
        await using (var app = await StartAsync())
        {
            app.Client.DefaultRequestHeaders.Authorization = new("Bearer", "sk-of-no-caller");
            id = (await AskAsync(app)).Id;
        }

        var row = Assert.Single(_ingestion.Requests);
        Assert.Equal("401", row.Member("responseCode"));
        Assert.Equal(id, row.Property("router.request.id"));
    }

    [Fact]
    public async Task Chats_FailingByTheThousand_AreBounded()
    {
        _upstream.Default(Reply.Status(500));
        await using (var app = await StartAsync(("ROUTER_TELEMETRY_ROWS_PER_MINUTE", "10")))
        {
            for (var chat = 0; chat < RequestRows.MaxWholePerMinute + 2 * Chats; chat++)
                await AskAsync(app);
        }

        Assert.InRange(_ingestion.Requests.Count(), RequestRows.MaxWholePerMinute, 2 * (RequestRows.MaxWholePerMinute + 10));
    }

    [Fact]
    public async Task ItemsOfBatches_AreDrawnByLot()
    {
        const int Items = 2_000;
        using var router = new ActivitySource(RouterTelemetry.SourceName);
        await using (await StartAsync())
        {
            Activity.Current = null;
            for (var item = 0; item < Items; item++)
            {
                using var span = router.StartActivity("route auto");
                using var call = router.StartActivity("chat gpt-5-mini", ActivityKind.Client);
            }
        }

        Assert.InRange(_ingestion.Rows.Count, 1, Items / 20);
        Assert.All(_ingestion.Rows, static row => Assert.Equal(1, row.SampleRate));
    }

    [Fact]
    public async Task Idle_WithTheNoiseOfFrameworksAndProbes_SendsNothing()
    {
        using var storage = new ActivitySource("Azure.Core.Http");
        await using (var app = await StartAsync())
        {
            for (var poll = 0; poll < Chats; poll++)
            {
                using var span = storage.StartActivity("GET", ActivityKind.Client);
                using var answer = await app.Client.GetAsync(new Uri(poll % 2 == 0 ? "/healthz" : "/readyz", UriKind.Relative));
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            }

            var loggers = app.Services.GetRequiredService<ILoggerFactory>();
            foreach (var category in new[] { "Microsoft.AspNetCore.Hosting.Diagnostics", "Azure.Core", "System.Net.Http.HttpClient", "Microsoft.DurableTask.Worker", "ServerlessRouter.Dispatch.DispatchStage" })
                loggers.CreateLogger(category).LogInformation("Once more");
        }

        Assert.Empty(_ingestion.Rows);
    }

    [Fact]
    public async Task LinesOfTheLog_AreBoundedAndErrorsAmongThem()
    {
        await using (var app = await StartAsync())
        {
            var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("ServerlessRouter.Health.HealthLog");
            for (var line = 0; line < 1_000; line++)
                logger.LogWarning("A vendor is in trouble");
            logger.LogError("A key was refused");
        }

        Assert.Equal(BoundedLog.MaxLinesPerMinute + 1, _ingestion.Rows.Count);
        Assert.Contains(_ingestion.Rows, static row => row.Text.Contains("A key was refused", StringComparison.Ordinal));
    }

    [Fact]
    public async Task NoRow_HoldsAKeyAPromptOrAnAnswer()
    {
        await using (var app = await StartAsync(("ROUTER_TELEMETRY_DETAILS", "1")))
        {
            await AskAsync(app);
            await AskAsync(app, isStream: true);
            _upstream.Default(Reply.InvalidKey());
            await AskAsync(app);
        }

        Assert.NotEmpty(_ingestion.Calls);
        Assert.All(_ingestion.Rows, static row =>
        {
            Assert.DoesNotContain(CallerKey, row.Text, StringComparison.Ordinal);
            Assert.DoesNotContain(VendorKey, row.Text, StringComparison.Ordinal);
            // The vendor's double answers with the prompt.
            Assert.DoesNotContain(Prompt, row.Text, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Settings_ThatCannotBeRead_AreAllNamed()
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection([new("ROUTER_TELEMETRY_SAMPLING", "100%"), new("ROUTER_TELEMETRY_SLOW_SECONDS", "0")]).Build();

        var refused = Assert.Throws<InvalidOperationException>(() => TelemetryVolume.Of(settings));

        Assert.Contains("ROUTER_TELEMETRY_SAMPLING is \"100%\"; it must be a number from 0.01 to 1", refused.Message, StringComparison.Ordinal);
        Assert.Contains("ROUTER_TELEMETRY_SLOW_SECONDS", refused.Message, StringComparison.Ordinal);
    }

    private static double ValueOf(IngestedRow row) => row.Content.GetProperty("data").GetProperty("baseData").GetProperty("metrics")[0].GetProperty("value").GetDouble();

    private static async Task<(HttpStatusCode Status, string Id)> AskAsync(FunctionsHostDouble app, bool isStream = false)
    {
        using var answer = await app.Client.PostAsJsonAsync(
            new Uri("/v1/chat/completions", UriKind.Relative), new { model = "auto", stream = isStream, messages = new[] { new { role = "user", content = Prompt } } });
        await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, answer.Headers.GetValues("x-request-id").Single());
    }

    private async Task<FunctionsHostDouble> StartAsync(params (string Name, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new(TelemetryRegistration.ConnectionStringSetting, _ingestion.ConnectionString), .. settings.Select(static setting => KeyValuePair.Create<string, string?>(setting.Name, setting.Value))])
            .Build();
        var secrets = new EnvironmentSecretResolver(static name => name switch { "CALLER" => CallerKey, "VENDOR" => VendorKey, _ => null });
        var loaded = await new RouterConfigLoader(ProviderKinds.All, [secrets]).LoadAsync(Encoding.UTF8.GetBytes($$"""
            {
              "providers": { "fake": { "kind": "openai", "endpoint": "{{_upstream.OpenAiAddress}}", "credential": "env:VENDOR" } },
              "keys": { "team": { "secret": "env:CALLER" } },
              "models": { "mini": { "price": { "inputPerMillion": 0.25, "outputPerMillion": 2 }, "contextWindow": 400000, "deployments": [{ "provider": "fake", "name": "gpt-5-mini" }] } },
              "routes": { "auto": { "candidates": ["mini"] } }
            }
            """));
        var app = await FunctionsHostDouble.StartAsync(services =>
        {
            services.AddSingleton<IConfiguration>(configuration);
            TelemetryRegistration.Add(services, configuration);
            var router = RouterServices.Create(new RouterServicesOptions { Models = new RouterModelSource(loaded.Model!), Telemetry = TelemetryRegistration.NamesOf(configuration) });
            services.AddSingleton(_ => router);
            services.AddSingleton<FlushAtEnd>();
            services.AddSingleton<DurableLauncher>();
            services.AddSingleton(new RouterEndpoints(EndpointServices.Of(router, JobServices.Over(router), AdminServices.Closed)));
            return Task.CompletedTask;
        });
        // Made last, it ends first.
        app.Services.GetRequiredService<FlushAtEnd>();
        app.Client.DefaultRequestHeaders.Authorization = new("Bearer", CallerKey);
        return app;
    }
}
