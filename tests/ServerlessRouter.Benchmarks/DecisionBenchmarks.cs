using System.Buffers;
using BenchmarkDotNet.Attributes;
using ServerlessRouter.Balancing;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Wire;

namespace ServerlessRouter.Benchmarks;

/// <summary>One whole decision on a request of 1,000 characters: from the body's bytes to the deployment that is called.</summary>
public class DecisionBenchmarks
{
    private static readonly AnsweringStage Provider = new();
    private static readonly NextAttemptStage CallProvider = static (attempt, cancellationToken) => Provider.InvokeAsync(attempt, null!, cancellationToken);

    private readonly byte[] _body = ChatBodies.Plain(SamplePrompt.OfLength(SamplePrompt.UsualCharacters), SampleRouter.Auto);
    private readonly ListedHeaders _headers = new();
    private readonly RouterModel _router = SampleRouter.OfModels(3);
    private RouterServices _services = null!;
    private BalancingStage _balancing = null!;

    [GlobalSetup]
    public void Prepare()
    {
        _services = RouterServices.Create(new RouterServicesOptions { Models = new RouterModelSource(_router) });
        _balancing = new BalancingStage(_services.Vitals, SystemRandomSource.Instance, new BalancingOptions());
    }

    [GlobalCleanup]
    public async Task CloseAsync() => await _services.DisposeAsync();

    /// <summary>Scan, admission, classification and plan.</summary>
    [Benchmark]
    public async ValueTask<int> Plan()
    {
        using var request = Scan();
        var context = await PlanAsync(request);
        return context.Plan.Candidates.Length;
    }

    /// <summary>The same, and the pick of a deployment.</summary>
    [Benchmark]
    public async ValueTask<string> PlanAndBalance()
    {
        using var request = Scan();
        var context = await PlanAsync(request);
        var attempt = new AttemptContext(context, context.Plan.Candidates[0].Model, DeploymentChoice.Fresh);
        await _balancing.InvokeAsync(attempt, CallProvider, CancellationToken.None);
        return attempt.Deployment!.Id;
    }

    private ChatRequest Scan()
    {
        var pooled = ArrayPool<byte>.Shared.Rent(_body.Length);
        _body.CopyTo(pooled, 0);
        return ChatRequestScanner.TryScan(pooled, _body.Length, out var request, out var error) ? request : throw new InvalidOperationException(error.Message);
    }

    private async ValueTask<RequestContext> PlanAsync(ChatRequest request)
    {
        var context = new RequestContext("r-1", _router, request, _headers, TimeProvider.System.GetTimestamp());
        if (await _services.Pipeline.PlanAsync(context, CancellationToken.None) is { } error)
            throw new InvalidOperationException(error.Message);
        return context;
    }
}
