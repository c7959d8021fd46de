using BenchmarkDotNet.Attributes;
using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Benchmarks;

/// <summary>One decision from bytes to plan, as <c>POST /v1/route</c> makes it: scan, admission, classification, rules, candidates, objective. 1,000 characters.</summary>
[MemoryDiagnoser]
public class DecisionBenchmarks
{
    private readonly NoHeaders _headers = new();
    private RouterServices _services = null!;
    private byte[] _body = [];

    /// <summary><c>auto</c> decides; <c>swift</c> is a model asked for by name, where there is nothing to decide.</summary>
    [Params("auto", "swift")]
    public string Target { get; set; } = "auto";

    [GlobalSetup]
    public async Task SetupAsync()
    {
        var loaded = await new RouterConfigLoader([new EnvironmentSecretResolver()]).LoadAsync(BuiltInConfiguration.Read());
        _services = RouterServices.Create(new RouterServicesOptions { Models = new RouterModelSource(loaded.Model!) });
        _body = Bodies.Of(1_000, Target);
    }

    [GlobalCleanup]
    public async Task CleanupAsync() => await _services.DisposeAsync();

    [Benchmark]
    public async ValueTask<RouterError?> DecideAsync()
    {
        using var request = Bodies.Scan(_body);
        return await _services.Pipeline.PlanAsync(new RequestContext("r", _services.Models.Current, request, _headers, 0), default);
    }
}
