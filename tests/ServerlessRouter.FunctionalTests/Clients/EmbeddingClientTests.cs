using System.ClientModel;
using Azure.AI.OpenAI;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Embeddings;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Embeddings;
using ServerlessRouter.Testing.Upstreams;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Clients;

/// <summary>The .NET clients for embeddings work unchanged, in front of vendors that do as they are asked and of those that send numbers whatever they are asked.</summary>
public sealed class EmbeddingClientTests : IAsyncLifetime
{
    private static readonly string[] Texts = ["a red fox", "a blue whale"];

    private FakeUpstream _upstream = null!;
    private RunningRouter _router = null!;

    public async Task InitializeAsync()
    {
        _upstream = await FakeUpstream.StartAsync();
        _router = await RunningRouter.StartAsync(new RouterFile().Upstream("small", _upstream, """{"capabilities":["embeddings"]}""").Route("search", ["small"]));
    }

    public async Task DisposeAsync()
    {
        await _router.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task OpenAI_GenerateEmbeddings_GetsTheVendorsNumbers(bool vendorObeys)
    {
        Obey(vendorObeys);
        var client = new EmbeddingClient("search", new ApiKeyCredential("unused"), new OpenAIClientOptions { Endpoint = _router.OpenAiAddress });

        OpenAIEmbeddingCollection answer = await client.GenerateEmbeddingsAsync(Texts, new OpenAI.Embeddings.EmbeddingGenerationOptions { Dimensions = 16 });

        Assert.Equal(Texts.Select(static text => HashedVector.Of(text, 16)), answer.Select(static embedding => embedding.ToFloats().ToArray()));
        Assert.Equal([0, 1], answer.Select(static embedding => embedding.Index));
        Assert.Equal((6, 6), (answer.Usage.InputTokenCount, answer.Usage.TotalTokenCount));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task OpenAI_GenerateEmbeddingsOfTokens_AreTakenAsThey(bool vendorObeys)
    {
        Obey(vendorObeys);
        var client = new EmbeddingClient("small", new ApiKeyCredential("unused"), new OpenAIClientOptions { Endpoint = _router.OpenAiAddress });

        OpenAIEmbeddingCollection answer = await client.GenerateEmbeddingsAsync([new ReadOnlyMemory<int>([15, 4]), new ReadOnlyMemory<int>([7])]);

        Assert.Equal([HashedVector.Of("15 4"), HashedVector.Of("7")], answer.Select(static embedding => embedding.ToFloats().ToArray()));
        Assert.Equal(3, answer.Usage.InputTokenCount);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Azure_GenerateEmbedding_GetsTheVendorsNumbers(bool vendorObeys)
    {
        Obey(vendorObeys);
        var client = new AzureOpenAIClient(_router.Address, new ApiKeyCredential("unused")).GetEmbeddingClient("search");

        OpenAIEmbedding answer = await client.GenerateEmbeddingAsync("a red fox");

        Assert.Equal(HashedVector.Of("a red fox"), answer.ToFloats().ToArray());
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task ExtensionsAI_Generate_GetsTheVendorsNumbersAndUsage(bool vendorObeys)
    {
        Obey(vendorObeys);
        IEmbeddingGenerator<string, Embedding<float>> generator =
            new OpenAIClient(new ApiKeyCredential("unused"), new OpenAIClientOptions { Endpoint = _router.OpenAiAddress }).GetEmbeddingClient("search").AsIEmbeddingGenerator();

        var answer = await generator.GenerateAsync(Texts);

        Assert.Equal(Texts.Select(static text => HashedVector.Of(text)), answer.Select(static embedding => embedding.Vector.ToArray()));
        Assert.Equal(6, answer.Usage!.InputTokenCount);
    }

    [Fact]
    public async Task OpenAI_ModelThatChats_IsTheClientsOwnException()
    {
        await using var router = await RunningRouter.StartAsync(new RouterFile().Upstream("mini", _upstream));
        var client = new EmbeddingClient("mini", new ApiKeyCredential("unused"), new OpenAIClientOptions { Endpoint = router.OpenAiAddress });

        var error = await Assert.ThrowsAsync<ClientResultException>(() => client.GenerateEmbeddingAsync("a"));

        Assert.Equal(400, error.Status);
        Assert.Contains("makes no embeddings", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Or sends numbers where base64 was asked for, as many servers do.</summary>
    private void Obey(bool obeys)
    {
        if (!obeys)
            _upstream.Default(static request => Reply.Body(System.Text.Json.JsonSerializer.Serialize(Answer(request)), "application/json"));
    }

    private static object Answer(UpstreamRequest request)
    {
        var inputs = request.Inputs!;
        var dimensions = (int?)request.Json!["dimensions"] ?? HashedVector.DefaultDimensions;
        var tokens = inputs.Sum(static input => input.Split(' ').Length);
        return new
        {
            @object = "list",
            data = inputs.Select((input, index) => new { @object = "embedding", index, embedding = HashedVector.Of(input, dimensions) }),
            model = request.Model,
            usage = new { prompt_tokens = tokens, total_tokens = tokens },
        };
    }
}
