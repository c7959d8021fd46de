using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests;

/// <summary>Vectors are asked for where the classifier is unsure, read by weights made on the command line; whatever the vendor does, the caller gets an answer.</summary>
public sealed class EmbeddingsTests(TrainedVectors trained) : IClassFixture<TrainedVectors>, IAsyncLifetime
{
    private const string Unclear = "qwzx blorf";

    private FakeUpstream _embedder = null!;
    private FakeUpstream _plain = null!;
    private FakeUpstream _coder = null!;
    private RunningRouter _router = null!;

    public async Task InitializeAsync()
    {
        (_embedder, _plain, _coder) = (await FakeUpstream.StartAsync(), await FakeUpstream.StartAsync(), await FakeUpstream.StartAsync());
        _router = await RunningRouter.StartAsync(File());
    }

    public async Task DisposeAsync()
    {
        await _router.DisposeAsync();
        await _embedder.DisposeAsync();
        await _plain.DisposeAsync();
        await _coder.DisposeAsync();
    }

    [Fact]
    public void Train_WithVectors_ReportsWhatTheyAreWorthAndWhatTheyCost()
    {
        Assert.Contains("unsure rows, words alone", trained.Training.Output, StringComparison.Ordinal);
        Assert.Contains("unsure rows, vectors", trained.Training.Output, StringComparison.Ordinal);
        Assert.Contains("2 tasks from 60 rows; their vectors cost 0.00018 USD", trained.Training.Output, StringComparison.Ordinal);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_ClassifierIsUnsure_TheVectorDecidesAndIsPaidFor(bool stream)
    {
        var answer = await _router.ChatAsync(WithUsage(stream), ("x-router-metadata", "enabled"));

        Assert.Equal("coder-at-coder-vendor", answer.Model);
        Assert.Equal("small: code", (string?)answer.Metadata!["profile"]!["embeddings"]);
        Assert.Equal("code", (string?)answer.Metadata["profile"]!["task"]);
        var asked = Assert.Single(answer.Metadata["side_calls"]!.AsArray())!;
        Assert.Equal("embedding", (string?)asked["purpose"]);
        Assert.True((decimal)asked["cost_usd"]! > 0);
        Assert.Equal(await _embedder.BilledUsdAsync() + await _coder.BilledUsdAsync(), answer.CostUsd);
        Assert.Equal(Unclear, Assert.Single(_embedder.Books.Requests).Input);
    }

    [Fact]
    public async Task Chat_SameTextAgain_IsRememberedAndFree()
    {
        await _router.ChatAsync(WithUsage(false));

        var answer = await _router.ChatAsync(WithUsage(false), ("x-router-metadata", "enabled"));

        Assert.Equal("small, remembered: code", (string?)answer.Metadata!["profile"]!["embeddings"]);
        Assert.Equal("coder-at-coder-vendor", answer.Model);
        Assert.Single(_embedder.Books.Requests);
    }

    [Fact]
    public async Task Chat_TextThatAnotherKeySent_IsAskedForAndPaidAgain()
    {
        await using var router = await RunningRouter.StartAsync(File().Key("ann", Hashed("sk-ann")).Key("bob", Hashed("sk-bob")));
        await router.ChatAsync(WithUsage(false), ("Authorization", "Bearer sk-ann"));

        var answer = await router.ChatAsync(WithUsage(false), ("Authorization", "Bearer sk-bob"), ("x-router-metadata", "enabled"));

        Assert.Equal("small: code", (string?)answer.Metadata!["profile"]!["embeddings"]);
        Assert.True((decimal)Assert.Single(answer.Metadata["side_calls"]!.AsArray())!["cost_usd"]! > 0);
        Assert.Equal(2, _embedder.Books.Requests.Count);
    }

    [Theory]
    [InlineData("500", "small gave none: The provider answered 500.")]
    [InlineData("429", "small gave none: The provider's rate limit is reached.")]
    [InlineData("short", "small gave 3 numbers, but the weights were trained on 32")]
    [InlineData("junk", "small gave none: The provider's answer was no list of embeddings.")]
    public async Task Chat_VendorFails_TheClassifiersFindingStandsAndTheProfileSaysWhy(string fault, string found)
    {
        _embedder.Next(fault switch
        {
            "short" => Reply.Vector(1, 2, 3),
            "junk" => Reply.Body("<html/>", "text/html"),
            _ => Reply.Status(int.Parse(fault)),
        });

        var answer = await _router.ChatAsync(WithUsage(false), ("x-router-metadata", "enabled"));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("plain-at-plain-vendor", answer.Model);
        Assert.Equal(found, (string?)answer.Metadata!["profile"]!["embeddings"]);
    }

    [Fact]
    public async Task Chat_ClassifierIsSure_NoModelIsAsked()
    {
        var answer = await _router.ChatAsync(ChatBodies.Plain("Write a Python function that merges two sorted linked lists and explain its complexity.", "auto"));

        Assert.Equal("coder-at-coder-vendor", answer.Model);
        Assert.Empty(_embedder.Books.Requests);
    }

    [Fact]
    public async Task Chat_CallerShutsTheEmbeddersProviderOut_NoModelIsAsked()
    {
        var answer = await _router.ChatAsync(ChatBodies.With(ChatBodies.Plain(Unclear, "auto"), "provider", """{"ignore":["small-vendor"]}"""));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Empty(_embedder.Books.Requests);
    }

    [Fact]
    public async Task Chat_TextIsEmpty_NoModelIsAsked()
    {
        var answer = await _router.ChatAsync(ChatBodies.Plain(" ", "auto"), ("x-router-metadata", "enabled"));

        Assert.Equal("small was not asked: there is no text", (string?)answer.Metadata!["profile"]!["embeddings"]);
        Assert.Empty(_embedder.Books.Requests);
    }

    [Fact]
    public async Task Chat_EmbeddingModelByItsName_IsRefusedByName()
    {
        var answer = await _router.ChatAsync(ChatBodies.Plain("Hello", "small"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains("'small' makes embeddings and answers no chat", answer.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Route_ClassifierIsUnsure_SaysWhichModelWouldBeAskedAndAsksNone()
    {
        var answer = await _router.PostAsync("v1/route", ChatBodies.Plain(Unclear, "auto"));

        Assert.Equal("small would be asked", (string?)answer.Json["profile"]!["embeddings"]);
        Assert.Empty(_embedder.Books.Requests);
    }

    [Fact]
    public async Task Predict_WeightsThatReadVectors_AreRefused()
    {
        var run = await RouterProcess.RunAsync("", ["predict", "--weights", trained.WeightsPath]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("holds weights of the kind embeddings, but labels or outcomes or answers are needed", run.Error, StringComparison.Ordinal);
    }

    private RouterFile File() => new RouterFile()
        .Upstream("small", _embedder, TrainedVectors.Embedder).Upstream("plain", _plain).Upstream("coder", _coder)
        .Route("auto", ["plain", "coder"], """{ "rules": [{ "when": { "task": "code" }, "use": ["coder"] }] }""")
        .Classification($$"""{ "embeddings": { "model": "small", "weights": {{JsonSerializer.Serialize(trained.WeightsPath)}}, "timeoutSeconds": 5 } }""");

    private static string Hashed(string key) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private static byte[] WithUsage(bool stream) =>
        stream ? ChatBodies.With(ChatBodies.Streamed(Unclear, "auto"), "stream_options", """{"include_usage":true}""") : ChatBodies.Plain(Unclear, "auto");
}
