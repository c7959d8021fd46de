using System.Runtime.CompilerServices;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Providers;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Configuration;

/// <summary>What the router keeps beside a configuration when another takes effect.</summary>
public sealed class ReloadTests : IAsyncLifetime
{
    private FakeUpstream _vendor = null!;
    private RouterModelSource _models = null!;
    private RouterServices _services = null!;

    public async Task InitializeAsync()
    {
        _vendor = await FakeUpstream.StartAsync();
        _models = new RouterModelSource(Configure());
        _services = RouterServices.Create(new RouterServicesOptions { Models = _models });
    }

    public async Task DisposeAsync()
    {
        await _services.DisposeAsync();
        await _vendor.DisposeAsync();
    }

    [Fact]
    public async Task Publish_AnotherConfiguration_NothingHoldsTheOneBefore()
    {
        var before = await AnswerAsync();

        _models.Publish(Configure());
        await AnswerAsync();
        _services.Books.TakeIn();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        Assert.Empty(before.Where(static part => part.Weak.IsAlive).Select(static part => part.Name));
    }

    [Fact]
    public async Task Publish_WhileARequestIsUnderWay_TheRequestIsAnswered()
    {
        var before = _models.Current;
        await AnswerAsync(before);

        _models.Publish(Configure());

        await AnswerAsync(before);
        await AnswerAsync();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task<(string Name, WeakReference Weak)[]> AnswerAsync() => await AnswerAsync(_models.Current);

    /// <summary>Answers a request, and names the objects of its configuration without holding them.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task<(string Name, WeakReference Weak)[]> AnswerAsync(RouterModel router)
    {
        using var request = ScannedRequest.Of(ChatBodies.Plain("What is the capital of France?", "auto"));
        var context = new RequestContext("r-1", router, request, new ListedHeaders(), TimeProvider.System.GetTimestamp());
        using var answer = Assert.IsType<ChatOutcome.Completed>(await _services.Pipeline.InvokeAsync(context, CancellationToken.None)).Answer;
        return
        [
            ("the configuration", new(router)),
            .. router.Targets.Values.Select(static route => ($"the route {route.Name}", new WeakReference(route))),
            .. router.Routes.Select(static route => ($"the cascade of {route.Name}", new WeakReference(route.Cascade))),
            .. router.Models.Select(static model => ($"the model {model.Name}", new WeakReference(model))),
            .. router.Models.SelectMany(static model => model.Deployments).Select(static deployment => ($"the deployment {deployment.Id}", new WeakReference(deployment))),
        ];
    }

    /// <summary>One where a request meets all that is kept for objects of a configuration: rules, checks, shares of second calls, balancing, endpoints.</summary>
    private RouterModel Configure() => new RouterBuilder()
        .Provider("one", provider => provider.Kind(ProviderKinds.OpenAI, _vendor.OpenAiAddress))
        .Provider("two", provider => provider.Kind(ProviderKinds.OpenAI, _vendor.OpenAiAddress))
        .Model("small", static model => model.At("one").At("two").Balancing(BalancingPolicies.RoundRobin))
        .Model("large", static model => model.At("one"))
        .Route("auto", static route => route.Candidates("small", "large").Cascade(["small", "large"]).Hedge(0.1)
            .Rule(new ConditionModel(ConditionNames.Headers, "x-team", ["red"], null, null), "large"))
        .Build();
}
