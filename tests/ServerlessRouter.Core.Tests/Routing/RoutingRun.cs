using ServerlessRouter.Admission;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Governance.Enforcement;
using ServerlessRouter.Lessons;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Routing;
using ServerlessRouter.Testing.Governance;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Routing;

/// <summary>One request through admission and routing, with the profile a test states in place of classification.</summary>
internal sealed class RoutingRun
{
    private readonly RoutingStage _stage;
    private readonly RouterModel _router;

    public RoutingRun(RouterBuilder router, IDeploymentVitals? vitals = null, IQualityEstimator? quality = null, IBudgetStandings? budgets = null)
    {
        _router = router.Build();
        var lessons = new OnlineStatistics(new RouterModelSource(_router), TimeProvider.System);
        _stage = new RoutingStage(new PlanningKnowledge(quality ?? new TableQualityEstimator(), lessons.Corrections, lessons.Lengths, lessons.Sessions, budgets ?? new LedgerStandings(new MemoryLedger(TimeProvider.System)), vitals ?? new KnownVitals()));
    }

    public RequestContext Context { get; private set; } = null!;

    /// <summary>What the request says; unless the test says otherwise, as many words as its profile has tokens, so that the profile is certain and no guess.</summary>
    public string? Content { get; init; }

    public RoutePlan Plan => Context.Plan;

    /// <summary>The planned models in the order they are tried.</summary>
    public string[] Models => [.. Plan.Candidates.Select(static candidate => candidate.Model.Name)];

    /// <summary>The exclusions as <c>model: reason</c>.</summary>
    public string[] Exclusions => [.. Plan.Exclusions.Select(static exclusion => $"{exclusion.Model}: {exclusion.Reason.ToWireName()}")];

    /// <summary>Routes a request that must be planned.</summary>
    public RoutingRun Route(string model = "auto", string fields = "", RequestProfile? profile = null, params (string, string)[] headers)
    {
        if (Send(model, fields, profile, headers) is { } error)
            throw new InvalidOperationException($"the request was refused: {error.Code}: {error.Message}");
        return this;
    }

    /// <summary>Routes a request that must be refused.</summary>
    public RouterError Refuse(string model = "auto", string fields = "", RequestProfile? profile = null, params (string, string)[] headers) =>
        Send(model, fields, profile, headers) ?? throw new InvalidOperationException("the request was not refused");

    private RouterError? Send(string model, string fields, RequestProfile? profile, (string, string)[] headers)
    {
        var named = model.Length == 0 ? "" : $"\"model\":\"{model}\",";
        var more = fields.Length == 0 ? "" : "," + fields;
        var content = Content ?? string.Concat(Enumerable.Repeat("w ", (profile?.PromptTokens ?? 0) - 1 is > 0 and var words ? words : 2));
        var request = ScannedRequest.Of($$"""{{{named}}"messages":[{"role":"user","content":"{{content}}"}]{{more}}}""");
        Context = new RequestContext("r-1", _router, request, new ListedHeaders(headers), receivedAt: 1);

        var isPlanned = false;
        var outcome = new AdmissionStage().InvokeAsync(Context, ThenClassify, CancellationToken.None).AsTask();
        Assert.True(outcome.IsCompletedSuccessfully);
        return isPlanned ? null : Assert.IsType<ChatOutcome.Failed>(outcome.GetAwaiter().GetResult()).Error;

        ValueTask<ChatOutcome> ThenClassify(RequestContext context, CancellationToken cancellationToken)
        {
            context.Profile = profile ?? new RequestProfile { PromptTokens = 1000 };
            return _stage.InvokeAsync(context, ThenDispatch, cancellationToken);
        }

        ValueTask<ChatOutcome> ThenDispatch(RequestContext context, CancellationToken cancellationToken)
        {
            isPlanned = true;
            return new(new ChatOutcome.Failed(new RouterError(RouterErrorCode.Internal, "nothing is dispatched here")));
        }
    }
}
