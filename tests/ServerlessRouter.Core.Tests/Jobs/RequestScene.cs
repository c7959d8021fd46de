using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using ServerlessRouter.Configuration;
using ServerlessRouter.Dispatch;
using ServerlessRouter.Jobs;
using ServerlessRouter.Jobs.Services;
using ServerlessRouter.Jobs.Steps;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Providers;
using ServerlessRouter.State;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Telemetry;
using ServerlessRouter.Testing.Chance;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Time;
using ServerlessRouter.Testing.Upstreams;
using Xunit;

namespace ServerlessRouter.Core.Tests.Jobs;

/// <summary>Single requests of jobs on the whole router: vendors on sockets, an embedded store, a clock that the test moves. The test is the engine.</summary>
internal sealed class RequestScene : IAsyncDisposable
{
    private const int MaxSteps = 200;

    private readonly ConcurrentDictionary<string, FakeUpstream> _vendors = [];
    private readonly MeterListener _listener = new();
    private readonly List<RouterServices> _routers = [];
    private readonly List<JobServices> _jobs = [];
    private readonly MemoryTableStore _memory;
    private int _records;

    private RequestScene()
    {
        _memory = new MemoryTableStore(Time);
        Store = _memory;
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == RouterMetrics.MeterName && instrument.Name == "router.requests")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            foreach (var (name, value) in tags)
                _records += name == "route" && Equals(value, Route) ? 1 : 0;
        });
        _listener.Start();
    }

    /// <summary>A name of this scene's own, so that its figures are told from those of others.</summary>
    public string Route { get; } = $"auto-{Guid.NewGuid():N}";

    public ManualTimeProvider Time { get; } = new();

    /// <summary>What routers that are started from now on work with.</summary>
    public ITableStore Store { get; set; }

    /// <summary>A bug of routers that are started from now on: what they log when this holds throws.</summary>
    public Predicate<string>? Fails { get; set; }

    /// <summary>What the host of routers that are started from now on adds.</summary>
    public IReadOnlyList<AddedStage> Stages { get; set; } = [];

    /// <summary>How many requests of the route were recorded.</summary>
    public int Records => _records;

    public JobSteps Steps => _jobs[^1].Steps;

    /// <summary>Steps that were carried out, in order.</summary>
    public List<DispatchStep> Taken { get; } = [];

    /// <summary>How long the engine waited each time.</summary>
    public List<TimeSpan> Waits { get; } = [];

    /// <summary>A router over vendors of these models; each has one of its own, named as the model is.</summary>
    public static async Task<RequestScene> StartAsync(Action<RouteModelBuilder> route, params string[] models)
    {
        var scene = new RequestScene();
        foreach (var model in models)
            scene._vendors[model] = await FakeUpstream.StartAsync();
        scene.Restart(route, models);
        return scene;
    }

    public FakeUpstream Vendor(string model) => _vendors[model];

    public int Calls(string model) => _vendors[model].Books.Requests.Count;

    /// <summary>Another process over the same store, perhaps with another configuration; the one before is as if it were dead.</summary>
    public void Restart(Action<RouteModelBuilder> route, params string[] models) =>
        Start(new RouterBuilder().Route(Route, set => route(set.Prefer(ObjectiveNames.Order))), models);

    /// <summary>Another process, whose configuration has the models but the route no more.</summary>
    public void RestartWithoutRoute(params string[] models) => Start(new RouterBuilder(), models);

    private void Start(RouterBuilder router, string[] models)
    {
        router.Records(30);
        foreach (var model in models)
        {
            router.Provider(model, provider => provider.Kind(ProviderKinds.OpenAI, _vendors[model].OpenAiAddress))
                .Model(model, set => set.Price(1, 4).At(model));
        }

        var options = new RouterServicesOptions
        {
            Models = new RouterModelSource(router.Build()),
            Store = Store,
            Time = Time,
            Loggers = new FaultyLoggers(Fails),
            Stages = Stages,
            Random = new SeededRandomSource(7),
            InstanceName = string.Create(CultureInfo.InvariantCulture, $"process{_routers.Count}"),
        };
        _routers.Add(RouterServices.Create(options));
        _jobs.Add(JobServices.Over(_routers[^1]));
    }

    public async Task<Job> SubmitAsync(string prompt = "Later.", string window = "24h")
    {
        var body = $$"""{"model":"{{Route}}","messages":[{"role":"user","content":"{{prompt}}"}]}""";
        var order = new JobOrder { Kind = JobKind.Request, Caller = null, Endpoint = JobEndpoints.ChatCompletions, Body = Encoding.UTF8.GetBytes(body), CompletionWindow = window };
        var job = Assert.IsType<Job>((await _jobs[^1].Desk.SubmitAsync(order, default)).Job);
        await Steps.PrepareAsync(job.Id, default);
        return job;
    }

    /// <summary>Does what an engine does, one step after the other, and moves the clock where it would wait; stops before a step of which the test says so.</summary>
    public async Task<RequestState> RunAsync(string jobId, Predicate<DispatchStep>? until = null)
    {
        var state = await Steps.LookAtRequestAsync(jobId, default);
        for (var taken = 0; !state.IsOver; taken++)
        {
            Assert.InRange(taken, 0, MaxSteps);
            var step = state.Next(Time.GetUtcNow());
            if (until?.Invoke(step) == true)
                return state;
            if (step.Kind == DispatchStepKind.Wait)
            {
                Waits.Add(step.Within);
                Time.Advance(step.Within);
                state = await Steps.LookAtRequestAsync(jobId, default);
                continue;
            }

            Taken.Add(step);
            state = await Steps.StepRequestAsync(state.Order(step), default);
        }

        return state;
    }

    /// <summary>To its end: the job, its item and the answer's body.</summary>
    public async Task<(Job Job, JobItem Item, JsonNode Body)> EndOfAsync(string jobId)
    {
        await RunAsync(jobId);
        Assert.True((await Steps.FinishAsync(jobId, default)).IsDone);
        var job = await FindAsync(jobId);
        var (item, result) = (await _jobs[^1].Desk.ResultAsync(job, default))!.Value;
        return (job, item, JsonNode.Parse(result!)!);
    }

    public async Task<Job> FindAsync(string jobId) => Assert.IsType<Job>(await _jobs[^1].Desk.FindAsync(null, jobId, default));

    public async Task<JobItem> ItemAsync(string jobId) => (await _jobs[^1].Desk.ResultAsync(await FindAsync(jobId), default))!.Value.Item;

    /// <summary>The latest record of the request; null where there is none.</summary>
    public async Task<JsonNode?> RecordAsync(string jobId)
    {
        var books = _routers[^1].Books;
        await books.Record.RunAsync(default);
        return (await books.Records.FindAsync($"{jobId}.0", null, default)).Found is { } record ? JsonNode.Parse(record.Json) : null;
    }

    public DateTimeOffset? WaitsUntil(JobItem item) => _jobs[^1].Desk.WaitsUntil(item);

    public async Task CancelAsync(string jobId) => Assert.Null((await _jobs[^1].Desk.CancelAsync(null, jobId, default)).Error);

    public async Task<JobResult> TryCancelAsync(string jobId) => await _jobs[^1].Desk.CancelAsync(null, jobId, default);

    public static string TextOf(JsonNode body) => (string)body["choices"]![0]!["message"]!["content"]!;

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        foreach (var router in _routers)
            await router.DisposeAsync();
        foreach (var jobs in _jobs)
            jobs.Dispose();
        foreach (var vendor in _vendors.Values)
            await vendor.DisposeAsync();
    }
}
