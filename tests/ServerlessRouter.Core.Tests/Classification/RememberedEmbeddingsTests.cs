using System.Text;
using ServerlessRouter.Classification;
using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Testing.Embeddings;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Suites;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Classification;

public sealed class RememberedEmbeddingsTests : EmbeddingSourceSuite
{
    private readonly HashedEmbeddings _vendor = new();
    private readonly RememberedEmbeddings _memory;

    public RememberedEmbeddingsTests() => _memory = new RememberedEmbeddings(_vendor);

    public override Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task EmbedAsync_SameTextAgain_AsksNobody()
    {
        var router = Router(10);

        Assert.False((await AskAsync(router, "one")).IsRemembered);
        Assert.True((await AskAsync(router, "one")).IsRemembered);
        Assert.Equal(1, _vendor.Calls);
    }

    [Fact]
    public async Task EmbedAsync_OtherDimensions_IsAnotherVector()
    {
        var router = Router(10);

        Assert.Equal(4, (await AskAsync(router, "one", 4)).Vector.Length);
        Assert.Equal(8, (await AskAsync(router, "one", 8)).Vector.Length);
    }

    [Fact]
    public async Task EmbedAsync_MoreTextsThanAllowed_ForgetsTheOneUnusedLongest()
    {
        var router = Router(2);
        await AskAsync(router, "one");
        await AskAsync(router, "two");
        await AskAsync(router, "one");

        await AskAsync(router, "three");

        Assert.True((await AskAsync(router, "one")).IsRemembered);
        Assert.True((await AskAsync(router, "three")).IsRemembered);
        Assert.False((await AskAsync(router, "two")).IsRemembered);
    }

    [Fact]
    public async Task EmbedAsync_NoneAllowed_AsksEachTime()
    {
        var router = Router(0);

        await AskAsync(router, "one");

        Assert.False((await AskAsync(router, "one")).IsRemembered);
        Assert.Equal(2, _vendor.Calls);
    }

    [Fact]
    public async Task EmbedAsync_Failure_IsNotRemembered()
    {
        var router = Router(10);
        _vendor.Problem = "it is down";
        Assert.Equal("it is down", (await AskAsync(router, "one")).Problem);
        _vendor.Problem = null;

        Assert.Null((await AskAsync(router, "one")).Problem);
    }

    protected override Task<(IEmbeddingSource Source, RouterModel Router)> CreateAsync() => Task.FromResult<(IEmbeddingSource, RouterModel)>((_memory, Router(10)));

    private static RouterModel Router(int entries) => new RouterBuilder()
        .Model("mini").Model("small", model => model.Can(Capabilities.Embeddings)).Route("auto", route => route.Candidates("mini"))
        .Embeddings("small", settings => settings with { CacheEntries = entries })
        .Build();

    private ValueTask<EmbeddingResult> AskAsync(RouterModel router, string text, int? dimensions = null)
    {
        using var request = ScannedRequest.Of(ChatBodies.Plain("x", "auto"));
        var asker = new RequestContext("r1", router, request, new ListedHeaders(), 0) { Route = router.Routes[0] };
        return _memory.EmbedAsync(new EmbeddingCall(asker, router.Embeddings!.Model, dimensions, Encoding.UTF8.GetBytes(text), TimeSpan.FromSeconds(1)), default);
    }
}
