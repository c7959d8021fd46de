using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Loading;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Providers;
using ServerlessRouter.Testing.Chance;
using ServerlessRouter.Testing.Suites;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Providers;

/// <summary>Each vendor known by name, scripted as its documentation says: what it refuses, how it counts, ends and complains. Configured by its name as an owner would.</summary>
public sealed partial class VendorTests : IAsyncLifetime
{
    private const string Key = "vendor-key";

    /// <summary>What OpenAI's clients send; the values do not matter.</summary>
    private const string Everything = """
        {"model":"auto","messages":[{"role":"user","content":"Hi"}],"audio":{},"frequency_penalty":0.1,"logit_bias":{"1":1},"logprobs":true,"max_completion_tokens":50,"metadata":{"a":"b"},"modalities":["text"],"n":1,
         "parallel_tool_calls":true,"prediction":{},"presence_penalty":0.1,"prompt_cache_key":"k","seed":7,"service_tier":"auto","store":false,"temperature":0.5,"tool_choice":"auto","tools":[],"top_logprobs":2,"top_p":0.9,"user":"u","verbosity":"low"}
        """;

    private static readonly string Document = File.ReadAllText(Path.Combine(RepositoryFolder.Path, "docs", "vendors.md"));

    private ProviderRegistry _registry = null!;
    private FakeUpstream _vendor = null!;

    public async Task InitializeAsync()
    {
        _registry = Registry();
        _vendor = await FakeUpstream.StartAsync();
        _vendor.RequiredKey = Key;
    }

    public async Task DisposeAsync()
    {
        await _registry.DisposeAsync();
        await _vendor.DisposeAsync();
    }

    public static TheoryData<string, bool> BothWays
    {
        get
        {
            var data = new TheoryData<string, bool>();
            foreach (var vendor in Vendors)
            {
                data.Add(vendor.Name, false);
                data.Add(vendor.Name, true);
            }

            return data;
        }
    }

    public static TheoryData<string> Names => [.. Vendors.Select(static vendor => vendor.Name)];

    private static IEnumerable<ProviderKind> Vendors => ProviderKinds.All.Where(static kind => kind.Base is not null);

    [Fact]
    public void EveryVendor_HasAScript() => Assert.Equal(Vendors.Select(static vendor => vendor.Name).Order(), Scripts.Keys.Order());

    [Theory]
    [MemberData(nameof(BothWays))]
    public async Task Send_EverythingOpenAIHas_ReachesTheVendorAsItTakesIt(string name, bool stream)
    {
        var kind = Vendors.Single(vendor => vendor.Name == name);
        _vendor.Default(stream ? Scripts[name].Stream() : Scripts[name].Whole());

        var body = Encoding.UTF8.GetBytes(Everything);
        var result = await SendAsync(kind, stream ? ChatBodies.AsStream(body) : body);

        Assert.Null(result.Failure);
        await EndAsync(result);
        var sent = Assert.Single(_vendor.Books.Requests);
        Assert.Equal($"{new Uri(kind.Access!.DefaultEndpoint!).AbsolutePath}chat/completions", sent.Path);
        Assert.DoesNotContain(kind.UnsupportedParameters, parameter => sent.Json!.ContainsKey(parameter));
        Assert.All(kind.RenamedParameters, rename => Assert.True(!sent.Json!.ContainsKey(rename.Key) && sent.Json.ContainsKey(rename.Value), rename.Key));
        Assert.Equal(0.5, (double?)sent.Json!["temperature"]);
        Assert.Equal(stream && !kind.UnsupportedParameters.Contains("stream_options"), sent.WantsStreamedUsage);
    }

    [Theory]
    [MemberData(nameof(BothWays))]
    public async Task Send_Answer_IsReadAndCountedToItsEnd(string name, bool stream)
    {
        var (kind, script) = (Vendors.Single(vendor => vendor.Name == name), Scripts[name]);
        _vendor.Default(stream ? script.Stream() : script.Whole());

        var result = await SendAsync(kind, ChatBodies.For(stream));

        Assert.Null(result.Failure);
        var (content, finish, usage) = await EndAsync(result);
        Assert.Equal(("Hello.", "stop"), (content, finish));
        Assert.Equal(script.Prompt, usage!.Value.PromptTokens);
        Assert.Equal(script.Answer, usage.Value.CompletionTokens);
        Assert.Equal(script.Cached, usage.Value.CachedTokens);
        Assert.Equal(script.CostUsd, usage.Value.ReportedCostUsd);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Send_Complaint_IsUnderstood(string name)
    {
        var script = Scripts[name];
        _vendor.Default(Reply.Body(script.Error, "application/json", script.Status));

        var result = await SendAsync(Vendors.Single(vendor => vendor.Name == name), ChatBodies.Plain());

        Assert.Equal(script.Means, result.Failure?.Kind);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Load_ByNameAlone_IsAtTheVendorWithItsUsualKey(string name)
    {
        var kind = Vendors.Single(vendor => vendor.Name == name);

        var provider = (await LoadedAsync($$"""{ "providers": { "v": { "kind": "{{name}}" } }, "models": { "m": { "price": { "free": true }, "contextWindow": 9, "deployments": [{ "provider": "v" }] } } }""")).Providers[0];

        Assert.Equal(kind.Access!.DefaultEndpoint, provider.Endpoint!.AbsoluteUri);
        Assert.Equal(kind.Access.KeyVariables is [var usual, ..] ? $"env:{usual}" : null, (provider.Credential as Credential.ApiKey)?.Reference);
        Assert.True(provider.Endpoint.IsLoopback || provider.Endpoint.Scheme == "https");
    }

    [Fact]
    public async Task Document_EverySnippet_IsValid()
    {
        var snippets = Snippet().Matches(Document).Select(static match => match.Groups[1].Value).ToList();

        Assert.True(snippets.Count >= ProviderKinds.All.Length - 1);
        foreach (var snippet in snippets)
            Assert.Single((await LoadedAsync(snippet)).Models);
    }

    [Fact]
    public void Document_EveryVendor_HasASectionThatSaysWhatItsRowDoes()
    {
        foreach (var kind in ProviderKinds.All.Where(static kind => kind.Access is not null))
        {
            var section = Document.Split("\n## ").Single(section => section.StartsWith($"{kind.Title}\n", StringComparison.Ordinal));
            var told = new[] { $"`{kind.Name}` · [its documentation](https://", $"\"kind\": \"{kind.Name}\"" }
                .Concat(kind.UnsupportedParameters.Concat(kind.Access!.KeyVariables).Select(static name => $"`{name}`"))
                .Concat(kind.RenamedParameters.Select(static rename => $"`{rename.Key}` to `{rename.Value}`"))
                .Append(kind.Access.DefaultEndpoint is { } endpoint ? $"| address | `{endpoint}` |" : "| address | the resource")
                .Append((kind.HasResponses, kind.MakesEmbeddings) switch
                {
                    (true, true) => "| beside chat | responses, embeddings |",
                    (true, false) => "| beside chat | responses |",
                    (false, true) => "| beside chat | embeddings |",
                    _ => "| beside chat | – |",
                });

            Assert.All(told, text => Assert.Contains(text, section, StringComparison.Ordinal));
        }
    }

    /// <summary>The whole text, why it finished, and what was counted.</summary>
    private static async Task<(string? Content, string? Finish, TokenUsage? Usage)> EndAsync(AttemptResult result)
    {
        if (result.Stream is { } stream)
        {
            var streamed = await StreamedAnswer.ReadAsync(stream);
            Assert.Null(streamed.Failure);
            return (streamed.Content, streamed.FinishReason, streamed.Usage);
        }

        using var answer = Assert.IsType<ChatAnswer>(result.Answer);
        return ((string?)JsonNode.Parse(answer.Body.Span)!["choices"]![0]!["message"]!["content"], answer.FinishReason, answer.Usage);
    }

    private static ProviderRegistry Registry() => new(TimeProvider.System, new SeededRandomSource(1), NullLoggerFactory.Instance);

    private async Task<AttemptResult> SendAsync(ProviderKind kind, byte[] body)
    {
        var endpoint = new Uri(_vendor.BaseAddress, new Uri(kind.Access!.DefaultEndpoint!).AbsolutePath);
        var router = await LoadedAsync(
            $$"""
            { "providers": { "v": { "kind": "{{kind.Name}}", "endpoint": "{{endpoint}}", "credential": "env:VENDOR_KEY" } },
              "models": { "m": { "price": { "inputPerMillion": 1, "outputPerMillion": 1 }, "contextWindow": 100000, "capabilities": ["tools", "json_schema", "reasoning", "logprobs"], "deployments": [{ "provider": "v" }] } } }
            """);
        using var request = ScannedRequest.Of(body);
        return await _registry.Get(kind).SendAsync(ProviderAttempts.Of(request, router.Models[0]), CancellationToken.None);
    }

    private static async Task<RouterModel> LoadedAsync(string text)
    {
        var result = await new RouterConfigLoader(ProviderKinds.All, [new EnvironmentSecretResolver(static _ => Key)]).LoadAsync(Encoding.UTF8.GetBytes(text));
        Assert.Empty(result.Errors);
        return result.Model!;
    }

    [GeneratedRegex("```json\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Snippet();

    /// <summary>How a vendor answers: the same short answer whole and in pieces, and one complaint.</summary>
    private sealed record Script(string Usage, string Error, int Status, FailureKind Means)
    {
        public int Prompt { get; init; } = 9;

        public int Answer { get; init; } = 3;

        public int Cached { get; init; }

        public decimal? CostUsd { get; init; }

        /// <summary>The message's content as it is written.</summary>
        public string Content { get; init; } = "\"Hello.\"";

        /// <summary>Members of the answer besides those of all.</summary>
        public string More { get; init; } = "";

        /// <summary>Usage comes beside the last choice, not behind it.</summary>
        public bool CountsWithTheEnd { get; init; }

        /// <summary>Usage stands inside the choice that finishes.</summary>
        public bool CountsInTheChoice { get; init; }

        public Reply Whole() => Reply.Body(
            $$"""{"id":"1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":{{Content}}},"finish_reason":"stop"}],"usage":{{Usage}}{{More}}}""", "application/json");

        public Reply Stream()
        {
            const string Head = """{"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":""";
            var end = CountsInTheChoice ? $$"""{},"finish_reason":"stop","usage":{{Usage}}}]}""" : """{},"finish_reason":"stop"}]""" + (CountsWithTheEnd ? $",\"usage\":{Usage}{More}}}" : "}");
            string[] pieces = [$$"""{{Head}}{"role":"assistant","content":{{Content}}},"finish_reason":null}]}""", Head + end];
            string[] count = CountsWithTheEnd || CountsInTheChoice ? [] : [$$"""{"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[],"usage":{{Usage}}{{More}}}"""];
            return Reply.Events([.. pieces, .. count, "[DONE]"]);
        }
    }

    private const string Plain = """{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12}""";

    private static readonly Dictionary<string, Script> Scripts = new()
    {
        // Thoughts are counted in the total alone, and its errors come in a list.
        ["gemini"] = new(
            """{"prompt_tokens":9,"completion_tokens":3,"total_tokens":52}""",
            """[{"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details.","status":"RESOURCE_EXHAUSTED"}}]""", 429, FailureKind.RateLimited) { Answer = 43 },
        ["mistral"] = new(
            Plain, """{"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","top_k"],"msg":"Extra inputs are not permitted","input":1}]},"type":"invalid_request_error","param":null,"code":null}""",
            422, FailureKind.RequestRejected) { CountsWithTheEnd = true, Content = """[{"type":"text","text":"Hello."}]""" },
        ["groq"] = new(
            """{"queue_time":0.1,"prompt_tokens":9,"prompt_time":0.01,"completion_tokens":3,"completion_time":0.01,"total_tokens":12,"total_time":0.02}""",
            """{"error":{"message":"Rate limit reached for model `m` in organization `o` service tier `on_demand` on tokens per minute (TPM): Limit 6000. Please try again in 7.66s.","type":"tokens","code":"rate_limit_exceeded"}}""",
            429, FailureKind.RateLimited) { More = ",\"x_groq\":{\"id\":\"req_1\"},\"service_tier\":\"on_demand\"" },
        ["deepseek"] = new(
            """{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12,"prompt_cache_hit_tokens":4,"prompt_cache_miss_tokens":5}""",
            """{"error":{"message":"Insufficient Balance","type":"unknown_error","param":null,"code":"invalid_request_error"}}""", 402, FailureKind.QuotaExhausted) { Cached = 4, CountsWithTheEnd = true },
        ["xai"] = new(
            """{"prompt_tokens":9,"completion_tokens":1,"total_tokens":12,"completion_tokens_details":{"reasoning_tokens":2},"cost_in_usd_ticks":20000000}""",
            """{"code":"The caller does not have permission to execute the specified operation","error":"Your team has either used all available credits or reached its monthly spending limit."}""", 403, FailureKind.QuotaExhausted)
        {
            CostUsd = 0.002m,
        },
        ["cohere"] = new(Plain, """{"message":"invalid api token"}""", 401, FailureKind.CredentialRefused),
        ["together"] = new(
            Plain, """{"id":"o1","error":{"message":"Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8193.","type":"invalid_request_error","param":"max_tokens","code":null}}""",
            422, FailureKind.ContextLengthExceeded) { CountsWithTheEnd = true },
        ["fireworks"] = new(
            Plain, """{"error":{"object":"error","type":"invalid_request_error","message":"The prompt is too long: 140000, model maximum context length: 131071"}}""", 400, FailureKind.ContextLengthExceeded) { CountsWithTheEnd = true },
        ["cerebras"] = new(
            """{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12,"prompt_tokens_details":{"cached_tokens":4}}""",
            """{"message":"Tokens per minute limit exceeded - too many tokens processed.","type":"too_many_tokens_error","param":"quota","code":"token_quota_exceeded"}""", 429, FailureKind.RateLimited)
        {
            Cached = 4, CountsWithTheEnd = true, More = ",\"time_info\":{\"queue_time\":0.1}",
        },
        ["moonshot"] = new(
            """{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12,"cached_tokens":4}""",
            """{"error":{"message":"Your account org-1 is suspended, please check your plan and billing details","type":"exceeded_current_quota_error"}}""", 429, FailureKind.QuotaExhausted)
        {
            Cached = 4, CountsInTheChoice = true,
        },
        ["zai"] = new(
            """{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12,"prompt_tokens_details":{"cached_tokens":4}}""",
            """{"error":{"code":"1113","message":"Insufficient balance or no resource package. Please recharge."}}""", 429, FailureKind.QuotaExhausted) { Cached = 4, CountsWithTheEnd = true },
        ["alibaba"] = new(
            Plain, """{"error":{"message":"Incorrect API key provided. ","type":"invalid_request_error","param":null,"code":"invalid_api_key"},"request_id":"1"}""", 401, FailureKind.CredentialRefused),
        ["perplexity"] = new(
            """{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12,"search_context_size":"low","cost":{"input_tokens_cost":0.001,"output_tokens_cost":0.001,"request_cost":0.005,"total_cost":0.007}}""",
            """{"error":{"message":"Invalid model 'm'. Permitted models can be found in the documentation.","type":"invalid_model","code":400}}""", 400, FailureKind.DeploymentNotFound)
        {
            CostUsd = 0.007m, CountsWithTheEnd = true, More = ",\"citations\":[\"https://example.com\"]",
        },
        ["deepinfra"] = new(
            """{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12,"estimated_cost":0.0001}""", """{"detail":{"error":"Model is overloaded, please try again later"}}""", 429, FailureKind.RateLimited) { CountsWithTheEnd = true },
        ["nebius"] = new(Plain, """{"detail":"Unauthorized"}""", 401, FailureKind.CredentialRefused),
        ["openrouter"] = new(
            """{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12,"cost":0.00042}""", """{"error":{"message":"Insufficient credits","code":402}}""", 402, FailureKind.QuotaExhausted) { CostUsd = 0.00042m },
        ["ollama"] = new(Plain, """{"error":{"message":"model \"m\" not found, try pulling it first","type":"api_error","param":null,"code":null}}""", 404, FailureKind.DeploymentNotFound),
        ["vllm"] = new(
            Plain, """{"object":"error","message":"This model's maximum context length is 4096 tokens. However, you requested 5000 tokens.","type":"BadRequestError","param":null,"code":400}""", 400, FailureKind.ContextLengthExceeded),
        ["lmstudio"] = new(Plain, """{"error":{"message":"No models loaded. Please load a model in the developer page.","type":"invalid_request_error","param":"model","code":"model_not_found"}}""", 404, FailureKind.DeploymentNotFound),
    };
}
