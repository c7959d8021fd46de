using ServerlessRouter.Balancing;
using ServerlessRouter.Configuration;
using ServerlessRouter.Core.Tests.Dispatch;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Testing.Chance;
using ServerlessRouter.Testing.Time;

namespace ServerlessRouter.Core.Tests.Balancing;

/// <summary>A balancing stage over given vitals; a test sees which deployments it calls.</summary>
internal sealed class BalancingWorld
{
    private readonly ManualTimeProvider _time = new();
    private readonly BalancingStage _stage;

    public BalancingWorld(BalancingOptions? options = null, int seed = 7) =>
        _stage = new BalancingStage(Vitals, new SeededRandomSource(seed), options ?? new BalancingOptions());

    public GivenVitals Vitals { get; } = new();

    /// <summary>Deployments whose call fails as if health had let nothing through.</summary>
    public HashSet<string> Refused { get; } = [];

    public List<string> Called { get; } = [];

    public RequestContext Request(
        LanguageModel model, IDeploymentFilter? filter = null, string? clientAddress = null, params (string Name, string Value)[] headers) =>
        Given.Request(_time, [model], filter: filter, clientAddress: clientAddress, headers: headers);

    /// <summary>One attempt of the request, as dispatch makes it.</summary>
    public async Task<AttemptContext> AttemptAsync(RequestContext request, DeploymentChoice choice = DeploymentChoice.Fresh, DeploymentModel? again = null)
    {
        var attempt = new AttemptContext(request, request.Plan.Candidates[0].Model, choice) { Deployment = again };
        request.Attempts.Add(attempt);
        var result = await _stage.InvokeAsync(attempt, CallAsync, CancellationToken.None);
        attempt.End(0, result.Failure, default, 0);
        return attempt;
    }

    /// <summary>The deployment a new request goes to.</summary>
    public async Task<string?> PickAsync(LanguageModel model, IDeploymentFilter? filter = null, params (string Name, string Value)[] headers) =>
        (await AttemptAsync(Request(model, filter, null, headers))).Deployment?.Id;

    /// <summary>How many of this many new requests each deployment gets.</summary>
    public async Task<Dictionary<string, int>> ShareAsync(LanguageModel model, int requests)
    {
        var share = model.Deployments.ToDictionary(deployment => deployment.Id, _ => 0);
        for (var request = 0; request < requests; request++)
            share[(await PickAsync(model))!]++;
        return share;
    }

    private ValueTask<AttemptResult> CallAsync(AttemptContext attempt, CancellationToken cancellationToken)
    {
        var id = attempt.Deployment!.Id;
        lock (Called)
            Called.Add(id);
        return new(new AttemptFailure(Refused.Contains(id) ? FailureKind.NoDeployment : FailureKind.ServerError, "as the test wants"));
    }
}
