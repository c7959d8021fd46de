using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Admission;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.FunctionalTests.Telemetry;
using ServerlessRouter.Http.Admin;
using ServerlessRouter.Http.Hosting;
using ServerlessRouter.State;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Testing.Diagnostics;
using ServerlessRouter.Testing.Upstreams;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Keys;

/// <summary>Secrets and prompts are planted, requests come through every door and fail in every way, and then everything that the router wrote down is searched for them.</summary>
[Collection(Collections.Spans)]
public sealed class RedactionTests
{
    private const string VendorKey = "vendor-s3cret-planted-0001";
    private const string CallersKey = "callers-s3cret-planted-0002";
    private const string AdminKey = "admin-s3cret-planted-0003";
    private const string WrongKey = "wr0ng-key-planted-0004";
    private const string Prompt = "planted-pr0mpt-of-a-caller-0005";
    private const string Answer = "planted-answ3r-of-a-vendor-0006";

    private static readonly string[] Doors = ["v1/chat/completions", "v1/messages", "v1/responses", "v1/embeddings", "openai/deployments/auto/chat/completions", "v1/route"];

    /// <summary>What a record keeps, as names, figures and outcomes, and what other tables keep for the router itself; answers and files are kept for callers, and are their own.</summary>
    private static readonly string[] Tables = ["keys", "audit", "configuration", "usage", "usagepages", "records", "requests", "health", "alerts"];

    [Fact]
    public async Task Workload_ThroughAllDoorsWithFailures_LeavesNoSecretAndNoPromptAnywhere()
    {
        using var vendorKey = new SecretVariable(VendorKey);
        using var callersKey = new SecretVariable(CallersKey);
        await using var upstream = await FakeUpstream.StartAsync();
        using var log = new LogCollector();
        using var measured = new Measurements();
        var store = new RecordedStore(new MemoryTableStore(TimeProvider.System));
        var folder = Directory.CreateTempSubdirectory("router-redaction-");
        var issued = "";
        var told = new List<string>();
        try
        {
            var path = Path.Combine(folder.FullName, "router.json");
            await File.WriteAllTextAsync(path, new RouterFile().Provider("vendor", upstream.OpenAiAddress, settingsJson: $$"""{"credential":"{{vendorKey.Reference}}"}""")
                .Model("mini", ["vendor"]).Route("auto", ["mini"], """{ "limits": { "deadlineSeconds": 0.5 } }""").Key("caller", callersKey.Reference).Records(1).ToString());
            await using (var app = await StartAsync(path, store, log))
            {
                using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
                issued = Issued(await SendAsync(client, "POST", "v1/admin/keys", AdminKey, """{"name":"issued"}"""));
                foreach (var key in new[] { CallersKey, issued })
                {
                    foreach (var reply in Replies())
                    {
                        upstream.Default(reply);
                        foreach (var door in Doors)
                        {
                            foreach (var stream in new[] { "false", "true" })
                                told.Add(await SendAsync(client, "POST", door, key, BodyOf(door, stream)));
                        }
                    }
                }

                // Beside each other: the answers to wrong keys are held back.
                var wrong = from door in Doors
                            from key in new[] { WrongKey, AdminKey, VendorKey, issued + "x", "" }
                            select SendAsync(client, "POST", door, key, BodyOf(door, "false"));
                var cut = Doors.Select(door => SendAsync(client, "POST", door, CallersKey, "{\"" + Prompt));
                var looks = from path2 in new[] { "v1/admin/keys", "v1/admin/audit", "v1/admin/alerts", "v1/admin/configuration", "v1/usage", "v1/requests", "v1/models", "v1/files" }
                            from key in new[] { WrongKey, CallersKey, AdminKey }
                            select SendAsync(client, "GET", path2, key, null);
                told.AddRange(await Task.WhenAll([.. wrong, .. cut, .. looks]));

                told.Add(await SendAsync(client, "POST", "v1/admin/keys", AdminKey, $$$"""{"name":"{{{issued}}}","tags":{"a":"{{{VendorKey}}}"}}"""));
            }

            string[] secrets = [VendorKey, CallersKey, AdminKey, WrongKey, issued];
            Assert.True(log.Entries.Count > 20 && told.Count > 100 && !store.Written.IsEmpty && !measured.Seen.IsEmpty, "the workload left traces to search");
            Assert.All(["route auto", "chat mini-at-vendor", "router.requests", "gen_ai.client.operation.duration"], name => Assert.Contains(measured.Seen, text => text.StartsWith(name, StringComparison.Ordinal)));
            foreach (var secret in secrets)
            {
                log.AssertNeverMentions(secret, LogLevel.Trace);
                Assert.All(told, text => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
                Assert.All(store.Written, row => Assert.DoesNotContain(secret, row.Text, StringComparison.Ordinal));
                Assert.All(measured.Seen, text => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
            }

            foreach (var text in new[] { Prompt, Answer })
            {
                log.AssertNeverMentions(text);
                Assert.All(store.Written.Where(static row => Tables.Contains(row.Table)), row => Assert.DoesNotContain(text, row.Text, StringComparison.Ordinal));
                Assert.All(measured.Seen, tag => Assert.DoesNotContain(text, tag, StringComparison.Ordinal));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Reply[] Replies() =>
    [
        Reply.Text(Answer),
        Reply.Text(Answer).CutAfterChunk(1),
        Reply.Body($$$"""{"error":{"message":"Incorrect API key provided: {{{VendorKey}}}.","code":"invalid_api_key"}}""", "application/json", 401),
        Reply.Body("""{"error":{"message":"The server had an error."}}""", "application/json", 500),
        Reply.Body("""{"error":{"message":"Rate limit reached.","code":"rate_limit_exceeded"}}""", "application/json", 429),
        Reply.Body("this is no JSON", "text/html", 200),
    ];

    private static string BodyOf(string door, string stream) => door switch
    {
        "v1/responses" => $$"""{"model":"auto","input":"{{Prompt}}","store":false,"stream":{{stream}}}""",
        "v1/embeddings" => $$"""{"model":"auto","input":"{{Prompt}}"}""",
        _ => $$"""{"model":"auto","max_tokens":50,"stream":{{stream}},"messages":[{"role":"user","content":"{{Prompt}}"}]}""",
    };

    private static string Issued(string answer) => (string)JsonNode.Parse(answer[answer.IndexOf('{', StringComparison.Ordinal)..])!["key"]!;

    /// <summary>What comes back of it, without the bodies of answers, which are the vendor's.</summary>
    private static async Task<string> SendAsync(HttpClient client, string method, string path, string key, string? body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (key.Length > 0)
            request.Headers.TryAddWithoutValidation("x-api-key", key);
        try
        {
            using var response = await client.SendAsync(request);
            return $"{(int)response.StatusCode} {response.Headers} {await response.Content.ReadAsStringAsync()}";
        }
        catch (HttpRequestException cut)
        {
            return cut.Message;
        }
    }

    private static async Task<WebApplication> StartAsync(string path, ITableStore store, LogCollector log)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(log).SetMinimumLevel(LogLevel.Trace);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(static provider => AdminServices.Of(new AdminGate($"sha256:{KeyHash.Of(AdminKey)}", []), provider.GetRequiredService<RouterServices>()));
        builder.Services.AddServerlessRouter(await RouterConfiguration.ReadAsync(path), (_, given) => given with { Store = store });
        var app = builder.Build();
        app.MapServerlessRouter();
        await app.StartAsync();
        return app;
    }

    /// <summary>Keeps what is written beside passing it on.</summary>
    private sealed class RecordedStore(ITableStore store) : ITableStore
    {
        public ConcurrentBag<(string Table, string Text)> Written { get; } = [];

        public ValueTask<TableWriteResult> WriteAsync(string table, TableOperation operation, CancellationToken cancellationToken = default)
        {
            Note(table, operation);
            return store.WriteAsync(table, operation, cancellationToken);
        }

        public ValueTask<TableTransactionResult> TransactAsync(string table, IReadOnlyList<TableOperation> operations, CancellationToken cancellationToken = default)
        {
            foreach (var operation in operations)
                Note(table, operation);
            return store.TransactAsync(table, operations, cancellationToken);
        }

        public ValueTask<TableEntity?> GetAsync(string table, string partitionKey, string rowKey, CancellationToken cancellationToken = default) => store.GetAsync(table, partitionKey, rowKey, cancellationToken);

        public ValueTask<TablePage> QueryPageAsync(string table, TableQuery query, string? continuation = null, CancellationToken cancellationToken = default) =>
            store.QueryPageAsync(table, query, continuation, cancellationToken);

        private void Note(string table, TableOperation operation)
        {
            foreach (var (name, value) in operation.Entity?.Properties ?? new Dictionary<string, TableValue>())
                Written.Add((table, $"{operation.RowKey} {name} {(value.Kind == TableValueKind.Binary ? Encoding.UTF8.GetString(value.AsBinary().Span) : value.ToString())}"));
        }
    }

    /// <summary>Keeps what the router measures and traces.</summary>
    private sealed class Measurements : IDisposable
    {
        private readonly MeterListener _meters = new();
        private readonly ActivityListener _activities;

        public Measurements()
        {
            _meters.InstrumentPublished = static (instrument, listener) => listener.EnableMeasurementEvents(instrument);
            _meters.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Add(instrument.Name, tags));
            _meters.SetMeasurementEventCallback<int>((instrument, _, tags, _) => Add(instrument.Name, tags));
            _meters.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Add(instrument.Name, tags));
            _meters.Start();
            _activities = new ActivityListener
            {
                ShouldListenTo = static source => source.Name.StartsWith("ServerlessRouter", StringComparison.Ordinal),
                Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = activity => Seen.Add($"{activity.DisplayName} {string.Join(' ', activity.TagObjects)} {string.Join(' ', activity.Events.SelectMany(static told => told.Tags))}"),
            };
            ActivitySource.AddActivityListener(_activities);
        }

        public ConcurrentBag<string> Seen { get; } = [];

        public void Dispose()
        {
            _meters.Dispose();
            _activities.Dispose();
        }

        private void Add(string name, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var text = new StringBuilder(name);
            foreach (var (tag, value) in tags)
                text.Append(' ').Append(tag).Append('=').Append(value);
            Seen.Add(text.ToString());
        }
    }
}
