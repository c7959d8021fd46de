using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Probes;
using ServerlessRouter.Providers;
using ServerlessRouter.Recording;
using ServerlessRouter.Recording.Usage;
using ServerlessRouter.State;
using ServerlessRouter.Testing.Chance;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Time;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Probes;

/// <summary>A router over one vendor's deployment, whose background steps a test takes one by one.</summary>
internal sealed class ProbingRouter : IAsyncDisposable
{
    private readonly RouterServices _services;
    private readonly RouterModelSource _models;
    private readonly ManualTimeProvider _time;

    public ProbingRouter(FakeUpstream upstream, ManualTimeProvider time, ITableStore? store = null, ProbeModel? probes = null, int seed = 1, Capabilities can = Capabilities.None, bool onlyResponses = false)
    {
        _time = time;
        var router = new RouterBuilder()
            .Provider("vendor", provider => provider.Kind(ProviderKinds.OpenAI, upstream.OpenAiAddress))
            .Model("mini", model => model.At("vendor", "mini-1").Price(1, 4).Can(can).OnlyResponses(onlyResponses));
        _models = new RouterModelSource((probes is null ? router : router.Probes(probes)).Build());
        _services = RouterServices.Create(new RouterServicesOptions { Models = _models, Store = store, Time = time, Random = new SeededRandomSource(seed), InstanceName = $"instance-{seed}" });
    }

    public bool IsCallable => _services.Vitals.Of(_models.Current.Models[0].Deployments[0]).IsCallable;

    /// <summary>Sends a request, after which no deployment may be called.</summary>
    public async Task OpenAsync()
    {
        using var request = _models.Current.Models[0].AnswersChat ? ScannedRequest.Of(ChatBodies.Plain(model: "mini")) : ScannedRequest.OfEmbeddings("""{"model":"mini","input":"a"}""");
        var context = new RequestContext("r-1", _models.Current, request, new ListedHeaders(), _time.GetTimestamp());
        Assert.IsType<ChatOutcome.Failed>(await _services.Pipeline.InvokeAsync(context, default));
        Assert.False(IsCallable);
    }

    /// <summary>The look for idle deployments, if it is due.</summary>
    public async Task LookAsync() => Assert.True(await _services.Work.RunAsync(IdleProbes.StepName));

    /// <summary>One round of shared health.</summary>
    public async Task ShareAsync() => Assert.True(await _services.Work.RunAsync("health"));

    /// <summary>What stands in the books under the name of probes.</summary>
    public async Task<UsageTally> ProbesUsageAsync()
    {
        Assert.True(await _services.Work.RunAsync(Accounting.FlushName));
        var today = _services.Books.Usage.Today;
        var page = (await _services.Books.Usage.ReadAsync(new UsageQuery { From = today, To = today.AddDays(1), Key = UsageDimensions.ProbesKey, Limit = 10 }, default)).Page!;
        return page.Sums.SingleOrDefault()?.Tally ?? default;
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
