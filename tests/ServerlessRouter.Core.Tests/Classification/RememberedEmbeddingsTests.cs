using System.Text;
using ServerlessRouter.Classification;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Testing;
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
    public async Task EmbedAsync_SameTextAgain_AsksNoModel()
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

    [Fact]
    public async Task EmbedAsync_SameNameStandsForAnotherDeployment_AsksThatOne()
    {
        var before = Router(10);
        await AskAsync(before, "one");

        var after = Router(10, "other-deployment");

        Assert.False((await AskAsync(after, "one")).IsRemembered);
        Assert.True((await AskAsync(after, "one")).IsRemembered);
        Assert.Equal(2, _vendor.Calls);
    }

    [Fact]
    public async Task EmbedAsync_RequestOfAnEarlierConfiguration_NeitherReadsNorFillsTheMemoryOfTheNew()
    {
        var before = Router(10);
        var after = Router(10, "other-deployment");
        await AskAsync(before, "one");
        Assert.False((await AskAsync(after, "one")).IsRemembered);

        Assert.False((await AskAsync(before, "one")).IsRemembered);
    }

    [Fact]
    public async Task Follow_NoModelIsAskedAnyMore_ForgetsWhatWasKnown()
    {
        var router = Router(10);
        await AskAsync(router, "one");

        _memory.Follow(new RouterBuilder().Model("mini").Route("auto", route => route.Candidates("mini")).Build());
        _memory.Follow(router);

        Assert.False((await AskAsync(router, "one")).IsRemembered);
    }

    [Fact]
    public async Task EmbedAsync_TextThatAnotherCallerSent_IsNotKnown()
    {
        var router = Router(10);
        await AskAsync(router, "one", caller: "ann");

        Assert.False((await AskAsync(router, "one", caller: "bob")).IsRemembered);
        Assert.False((await AskAsync(router, "one", caller: null)).IsRemembered);
        Assert.True((await AskAsync(router, "one", caller: "ann")).IsRemembered);
        Assert.Equal(3, _vendor.Calls);
    }

    [Fact]
    public async Task EmbedAsync_ManyCallers_ShareTheBound()
    {
        var router = Router(2);
        await AskAsync(router, "one", caller: "ann");
        await AskAsync(router, "one", caller: "bob");

        await AskAsync(router, "one", caller: "cid");

        Assert.False((await AskAsync(router, "one", caller: "ann")).IsRemembered);
    }

    [Fact]
    public async Task EmbedAsync_SameTextWhileItIsAskedFor_WaitsForThatAnswer()
    {
        var (router, answered) = (Router(10), new TaskCompletionSource());
        _vendor.Until = answered.Task;
        var first = AskAsync(router, "one").AsTask();
        var others = Enumerable.Range(0, 20).Select(_ => AskAsync(router, "one").AsTask()).ToList();

        answered.SetResult();

        var vector = await first;
        Assert.False(vector.IsRemembered);
        Assert.All(await Task.WhenAll(others), other => Assert.Equal((true, vector.Vector), (other.IsRemembered, other.Vector)));
        Assert.Equal(1, _vendor.Calls);
    }

    [Fact]
    public async Task EmbedAsync_TheCallThatIsWaitedForFails_IsTheSameProblem()
    {
        var (router, answered) = (Router(10), new TaskCompletionSource());
        (_vendor.Until, _vendor.Problem) = (answered.Task, "it is down");
        var first = AskAsync(router, "one").AsTask();
        var second = AskAsync(router, "one").AsTask();

        answered.SetResult();

        Assert.Equal(["it is down", "it is down"], (await Task.WhenAll(first, second)).Select(result => result.Problem));
        Assert.Equal(1, _vendor.Calls);
    }

    [Fact]
    public async Task EmbedAsync_TheRequestThatIsWaitedForIsLeft_IsAValueAndTheNextAsksAnew()
    {
        var router = Router(10);
        using var leaving = new CancellationTokenSource();
        _vendor.Until = new TaskCompletionSource().Task;
        var first = AskAsync(router, "one", cancellationToken: leaving.Token).AsTask();
        var second = AskAsync(router, "one").AsTask();

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal("the request that was asking for it was left", (await second.WaitAsync(Patience.Limit)).Problem);
        _vendor.Until = Task.CompletedTask;
        Assert.Null((await AskAsync(router, "one")).Problem);
    }

    [Fact]
    public async Task EmbedAsync_CallerLeavesWhileItWaits_Throws()
    {
        var (router, answered) = (Router(10), new TaskCompletionSource());
        using var leaving = new CancellationTokenSource();
        _vendor.Until = answered.Task;
        var first = AskAsync(router, "one").AsTask();
        var second = AskAsync(router, "one", cancellationToken: leaving.Token).AsTask();

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        answered.SetResult();
        Assert.Null((await first).Problem);
    }

    protected override Task<(IEmbeddingSource Source, RouterModel Router)> CreateAsync() => Task.FromResult<(IEmbeddingSource, RouterModel)>((_memory, Router(10)));

    /// <summary>A configuration that holds from now on.</summary>
    private RouterModel Router(int entries, string deployment = "small")
    {
        var router = new RouterBuilder()
            .Model("mini").Model("small", model => model.At("vendor", deployment).Can(Capabilities.Embeddings)).Route("auto", route => route.Candidates("mini"))
            .Embeddings("small", settings => settings with { CacheEntries = entries })
            .Build();
        _memory.Follow(router);
        return router;
    }

    private ValueTask<EmbeddingResult> AskAsync(RouterModel router, string text, int? dimensions = null, string? caller = null, CancellationToken cancellationToken = default)
    {
        using var request = ScannedRequest.Of(ChatBodies.Plain("x", "auto"));
        var asker = new RequestContext("r1", router, request, new ListedHeaders(), 0) { Route = router.Routes[0], CallerName = caller };
        return _memory.EmbedAsync(new EmbeddingCall(asker, router.Embeddings!.Model, dimensions, Encoding.UTF8.GetBytes(text), TimeSpan.FromSeconds(1)), cancellationToken);
    }
}
