using ServerlessRouter.Caching;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Core.Tests.State;
using ServerlessRouter.Pipeline;
using ServerlessRouter.State;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Suites;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Caching;

/// <summary>The cache inside a whole router, and between two over one store.</summary>
public sealed class CachingStageTests
{
    private readonly RouterModel _model = new RouterBuilder().Model("mini").Route("auto", static route => route.Candidates("mini").Cache(new CacheModel())).Route("off", static route => route.Candidates("mini")).Build();
    private readonly MemoryTableStore _store = new(TimeProvider.System);

    [Theory, InlineData(false), InlineData(true)]
    public async Task Answer_OfAnotherInstance_IsGivenAgain(bool stream)
    {
        await using var first = Instance(_store);
        await using var second = Instance(_store);
        var asked = await AskAsync(first, ChatBodies.For(stream, "Hello"));
        await first.Work.RunAsync(SharedEntries.WriteName);

        // A busy machine may be late for the table, which is then a miss.
        var again = await AskAsync(second, ChatBodies.For(stream, "Hello"));
        for (var tries = 0; again.Cache!.Status != CacheStatus.Hit && tries < 5; tries++)
        {
            await using var another = Instance(_store);
            again = await AskAsync(another, ChatBodies.For(stream, "Hello"));
        }

        Assert.Equal((CacheStatus.Miss, CacheStatus.Hit), (asked.Cache!.Status, again.Cache.Status));
        Assert.Empty(again.Attempts);
        Assert.Equal(asked.Answered!.CostUsd, again.Cache.Answer!.SavedUsd);
    }

    [Fact]
    public async Task Answer_StoreIsDown_IsAMissAndNoError()
    {
        await using var router = Instance(new ScriptedStore(_store) { Answer = static _ => Task.FromException(new TableStoreUnavailableException("down")) });

        Assert.Equal(CacheStatus.Miss, (await AskAsync(router, ChatBodies.Plain())).Cache!.Status);
        Assert.Equal(CacheStatus.Hit, (await AskAsync(router, ChatBodies.Plain())).Cache!.Status);
    }

    [Theory]
    [InlineData("""{"model":"auto","messages":[{"role":"user","content":"a"}],"seed":1,"seed":2}""", CacheBypasses.DuplicateMember)]
    [InlineData("""{"model":"auto","messages":[{"role":"user","content":"a","name":"b","name":"c"}]}""", CacheBypasses.DuplicateMember)]
    [InlineData("""{"model":"auto","messages":[{"role":"user","content":"a","name":"\ud800"}]}""", CacheBypasses.MalformedText)]
    public async Task Answer_ToWhatVendorsMayReadDifferently_IsNotKept(string body, string reason)
    {
        await using var router = Instance(null);
        for (var count = 0; count < 2; count++)
            Assert.Equal(new CacheOutcome(CacheStatus.Bypass, reason), (await AskAsync(router, System.Text.Encoding.UTF8.GetBytes(body))).Cache);
    }

    [Fact]
    public async Task Answer_OnARouteWithoutACache_HasNoPartInIt()
    {
        await using var router = Instance(null);
        await AskAsync(router, ChatBodies.Plain(model: "off"));

        Assert.Null((await AskAsync(router, ChatBodies.Plain(model: "off"))).Cache);
    }

    [Fact]
    public async Task Plan_OfARequestWhoseAnswerIsKept_IsPlannedAllTheSame()
    {
        await using var router = Instance(null);
        await AskAsync(router, ChatBodies.Plain());
        using var request = ScannedRequest.Of(ChatBodies.Plain());
        var context = ContextOf(request);

        Assert.Null(await router.Pipeline.PlanAsync(context, default));
        Assert.Null(context.Cache);
    }

    /// <summary>What a host's own stage refuses is refused, whether its answer is kept or not.</summary>
    [Fact]
    public async Task Stage_BehindRouting_SeesRequestsWhoseAnswersAreKept()
    {
        var seen = 0;
        await using var router = RouterServices.Create(new RouterServicesOptions { Models = new RouterModelSource(_model), Stages = [new AddedStage(StagePlace.AfterRouting, new Counting(() => seen++))] });
        for (var count = 0; count < 3; count++)
            await AskAsync(router, ChatBodies.Plain());

        Assert.Equal(3, seen);
    }

    private RouterServices Instance(ITableStore? store) => RouterServices.Create(new RouterServicesOptions { Models = new RouterModelSource(_model), Store = store });

    private RequestContext ContextOf(ChatRequest request) => new("r1", _model, request, new CallerHeaders(), TimeProvider.System.GetTimestamp());

    private async Task<RequestContext> AskAsync(RouterServices router, byte[] body)
    {
        using var request = ScannedRequest.Of(body);
        var context = ContextOf(request);
        switch (await router.Pipeline.InvokeAsync(context, default))
        {
            case ChatOutcome.Completed completed:
                completed.Answer.Dispose();
                break;
            case ChatOutcome.Streaming { Stream: var answer }:
                await using (answer)
                {
                    while (await answer.ReadAsync(default))
                    {
                    }
                }

                break;
        }

        return context;
    }

    private sealed class Counting(Action count) : IRequestStage
    {
        public ValueTask<ChatOutcome> InvokeAsync(RequestContext context, NextRequestStage next, CancellationToken cancellationToken)
        {
            count();
            return next(context, cancellationToken);
        }
    }
}
