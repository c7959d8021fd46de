using System.Collections.Frozen;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Balancing;

/// <summary>Picks which of the model's deployments an attempt calls; without one that may be called, the attempt fails with no call made.</summary>
internal sealed class BalancingStage(IDeploymentVitals vitals, IRandomSource random, BalancingOptions options) : IAttemptStage
{
    /// <summary>The header that names a session; goes before what the body says.</summary>
    public const string SessionHeader = Conversation.Header;

    private const int MaxOnStack = 32;
    private readonly BalancingPolicyTable _policies = new();
    private readonly StickyPolicy _caching = new();

    /// <summary>Drops what it keeps for models that this configuration does not have.</summary>
    public void Follow(RouterModel router) => _policies.Follow(router);

    /// <summary>Picks, and picks again when health lets no call through after all.</summary>
    public ValueTask<AttemptResult> InvokeAsync(AttemptContext attempt, NextAttemptStage next, CancellationToken cancellationToken)
    {
        if (attempt.Choice == DeploymentChoice.SameAgain)
            return next(attempt, cancellationToken);
        if (attempt.Choice == DeploymentChoice.LeastBad)
            return PickLeastBad(attempt) ? next(attempt, cancellationToken) : new(NoDeployment(attempt));

        var excluded = Tried(attempt);
        while (PickFresh(attempt, excluded))
        {
            // Health refuses without waiting: a call that is under way was let through, and needs no state machine here to see it off.
            var call = next(attempt, cancellationToken);
            if (!call.IsCompletedSuccessfully)
                return call;
            var result = call.Result;
            if (result.Failure is not { Kind: FailureKind.NoDeployment })
                return new(result);
            excluded.Add(attempt.Deployment!.Index);
        }

        return new(NoDeployment(attempt));
    }

    private static DeploymentSet Tried(AttemptContext attempt)
    {
        var tried = default(DeploymentSet);
        var request = attempt.Request;
        for (var place = request.RoundAt; place < request.Attempts.Count; place++)
        {
            var earlier = request.Attempts[place];
            if (earlier != attempt && ReferenceEquals(earlier.Model, attempt.Model) && earlier.Deployment is { } deployment)
                tried.Add(deployment.Index);
        }

        return tried;
    }

    private static string? Session(RequestContext request) =>
        request.Conversation ?? request.Request.SessionKey ?? request.ClientAddress;

    private bool PickFresh(AttemptContext attempt, in DeploymentSet excluded)
    {
        var model = attempt.Model;
        var filter = attempt.Request.Plan.DeploymentFilter;
        var count = model.Deployments.Length;
        if (count == 1 && filter is null)
        {
            attempt.Deployment = model.Deployments[0];
            attempt.DeploymentReason = "the only one";
            return !excluded.Contains(0) && vitals.IsCallable(attempt.Deployment);
        }

        Span<DeploymentVitals> known = count <= MaxOnStack ? stackalloc DeploymentVitals[count] : new DeploymentVitals[count];
        Span<int> eligible = count <= MaxOnStack ? stackalloc int[count] : new int[count];
        var (found, callable, opening) = DeploymentShortlist.Fill(model, filter, excluded, vitals, options.Region, known, eligible);
        attempt.Opening = opening;
        if (found == 0)
            return false;

        attempt.OthersUntried = callable - 1;
        var pick = found == 1 ? new BalancingPick(0, "the only one in its group") : Choose(attempt, eligible[..found], known);
        attempt.Deployment = model.Deployments[eligible[pick.Place]];
        attempt.DeploymentReason = pick.Reason;
        return true;
    }

    private BalancingPick Choose(AttemptContext attempt, ReadOnlySpan<int> eligible, ReadOnlySpan<DeploymentVitals> known)
    {
        var caches = CachesPromptOf(attempt);
        var policy = caches ? _caching : _policies.Of(attempt.Model);
        var pick = policy.Choose(new BalancingQuestion
        {
            Deployments = attempt.Model.Deployments,
            Eligible = eligible,
            Vitals = known,
            Session = policy.UsesSession ? Session(attempt.Request) : null,
            Random = random,
        });
        return caches ? pick with { Reason = $"{pick.Reason}, for the vendor's prompt cache" } : pick;
    }

    /// <summary>The vendor is likely to have the beginning of the prompt in a cache, which each deployment has of its own, and charges less for it.</summary>
    private static bool CachesPromptOf(AttemptContext attempt) => attempt is { Model: { KeepsConversations: true, Price: var price }, Request: { Profile.PromptTokens: >= Conversation.MinCachedTokens } request }
        && price.CachedInputPerMillion < price.InputPerMillion && request.Conversation is not null;

    private bool PickLeastBad(AttemptContext attempt)
    {
        attempt.Deployment = DeploymentShortlist.LeastBad(attempt.Model, attempt.Request.Plan.DeploymentFilter, Tried(attempt), vitals).Deployment;
        attempt.DeploymentReason = "the least bad";
        return attempt.Deployment is not null;
    }

    private AttemptFailure NoDeployment(AttemptContext attempt)
    {
        attempt.Deployment = null;
        attempt.DeploymentReason = null;
        attempt.OthersUntried = 0;
        var (leastBad, openFor, opening) = DeploymentShortlist.LeastBad(attempt.Model, attempt.Request.Plan.DeploymentFilter, Tried(attempt), vitals);
        attempt.Opening = opening;
        return new AttemptFailure(FailureKind.NoDeployment, $"No deployment of the model '{attempt.Model.Name}' may be called right now.")
        {
            RetryAfter = leastBad is null ? null : TimeSpan.FromSeconds(openFor),
        };
    }
}

/// <summary>What the host tells balancing about itself.</summary>
public sealed record BalancingOptions
{
    /// <summary>The region this instance runs in; deployments of the same region go first inside their priority group. Default: none, regions play no part.</summary>
    public string? Region { get; init; }
}

/// <summary>Makes policies by their names in configuration, one for each model of the configuration.</summary>
internal sealed class BalancingPolicyTable
{
    private static readonly FrozenDictionary<string, Func<LanguageModel, IBalancingPolicy>> Makers = new Dictionary<string, Func<LanguageModel, IBalancingPolicy>>
    {
        [BalancingPolicies.Weighted] = _ => new WeightedPolicy(),
        [BalancingPolicies.RoundRobin] = model => new RoundRobinPolicy(model.Deployments.Length),
        [BalancingPolicies.LeastBusy] = _ => new LeastBusyPolicy(),
        [BalancingPolicies.PowerOfTwo] = _ => new PowerOfTwoPolicy(),
        [BalancingPolicies.Sticky] = _ => new StickyPolicy(),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly ConfigurationTable<LanguageModel, IBalancingPolicy> _policies = new();

    /// <summary>The policy of a model.</summary>
    public IBalancingPolicy Of(LanguageModel model) => _policies.Of(model, Make);

    /// <summary>Drops the policies of models that this configuration does not have.</summary>
    public void Follow(RouterModel router) => _policies.KeepOnly(router.Models);

    private static IBalancingPolicy Make(LanguageModel model) => Makers.TryGetValue(model.Balancing, out var make)
        ? make(model)
        : throw new InvalidOperationException($"the model '{model.Name}' names the balancing policy '{model.Balancing}', which configuration should have refused");
}
