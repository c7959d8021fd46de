using Microsoft.Extensions.Logging.Abstractions;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Governance;
using ServerlessRouter.Governance.Enforcement;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Testing.Chance;
using ServerlessRouter.Testing.Governance;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Time;
using ServerlessRouter.Testing.Wire;

namespace ServerlessRouter.Core.Tests.Governance.Enforcement;

/// <summary>Requests of one key through the stages of limits, with a plan and attempts as a test states them. A model costs 1 USD for a million prompt tokens and 10 for a million answer tokens.</summary>
internal sealed class LimitScene
{
    public const string Caller = "search";
    public const int PromptTokens = 100;

    private readonly StandingStage _standing;
    private readonly ReservationStage _reservation;
    private readonly StepReservationStage _step;

    public LimitScene(params LimitModel[] limits)
    {
        Tier = new TierModel { Name = "pro", Limits = [.. limits] };
        Ledger = new MemoryLedger(Time);
        Watch = new BudgetWatch(Time, NullLogger<BudgetWatch>.Instance);
        Desk = new LimitDesk(Ledger, Watch, new SeededRandomSource(1), Time);
        (_standing, _reservation, _step) = (new StandingStage(Desk), new ReservationStage(Desk), new StepReservationStage(Desk));
    }

    public ManualTimeProvider Time { get; } = new();

    public MemoryLedger Ledger { get; }

    public BudgetWatch Watch { get; }

    public LimitDesk Desk { get; }

    public TierModel Tier { get; set; }

    public SharedLimits Shared { get; init; } = SharedLimits.None;

    /// <summary>The candidates of the requests made from now on.</summary>
    public string[] Models { get; set; } = ["mini"];

    public string? EndUserHeader { get; init; }

    /// <summary>Where requests go on that are answered in several steps.</summary>
    public ResumePoint? Resume { get; set; }

    public static LimitModel Requests(int amount, AtLimitModel? atLimit = null) =>
        new("requestsPerMinute", LimitMeasure.Requests, amount, LimitWindow.Minute) { AtLimit = atLimit ?? AtLimitModel.Refuse };

    public static LimitModel Tokens(int amount) => new("tokensPerMinute", LimitMeasure.Tokens, amount, LimitWindow.Minute);

    public static LimitModel Concurrency(int amount, AtLimitModel? atLimit = null) =>
        new("concurrentRequests", LimitMeasure.Concurrency, amount, LimitWindow.None) { AtLimit = atLimit ?? AtLimitModel.Refuse };

    public static LimitModel Budget(decimal usd, LimitWindow window = LimitWindow.Month, AtLimitModel? atLimit = null) =>
        new($"budget.{LimitWords.NameOf(window)}", LimitMeasure.Money, (long)(usd * 1_000_000), window) { AtLimit = atLimit ?? AtLimitModel.Refuse };

    /// <summary>A request that is planned over the scene's models in their order.</summary>
    public RequestContext Request(string fields = "", params (string, string)[] headers)
    {
        var router = new RouterBuilder();
        foreach (var model in Models)
            router.Model(model, set => Price(model, set));
        var built = router.Route("auto", route => route.Candidates(Models)).Key("key", Caller, caller => caller with { Tier = Tier }).Build();
        built = With(built);
        var request = ScannedRequest.Of($$"""{"model":"auto","messages":[{"role":"user","content":"Hello."}]{{(fields.Length == 0 ? "" : "," + fields)}}}""");
        return new RequestContext("r-1", built, request, new ListedHeaders(headers), Time.GetTimestamp())
        {
            ResumePoint = Resume,
            Caller = built.CallersByKeyHash.Values.Single(),
            Route = built.Targets["auto"],
            Profile = new RequestProfile { PromptTokens = PromptTokens },
        };
    }

    /// <summary>Sends a request that is answered with so many tokens, and settles it. Answers with what refused it.</summary>
    public async Task<RouterError?> SendAsync(int answerTokens = 50, string fields = "", Action<RequestContext>? look = null, params (string, string)[] headers)
    {
        var context = Request(fields, headers);
        var error = await BeginAsync(context);
        if (error is null)
            Answer(context, answerTokens);
        else
            context.Error = error;
        Settle(context);
        look?.Invoke(context);
        return error;
    }

    /// <summary>Takes a request through the stages up to where it would be dispatched.</summary>
    public async Task<RouterError?> BeginAsync(RequestContext context, CancellationToken cancellationToken = default)
    {
        var outcome = await _standing.InvokeAsync(context, PlanAsync, cancellationToken);
        return outcome is ChatOutcome.Failed failed ? failed.Error : null;

        ValueTask<ChatOutcome> PlanAsync(RequestContext planned, CancellationToken token)
        {
            planned.Plan = PlanOf(planned);
            return _reservation.InvokeAsync(planned, static (_, _) => new(ChatOutcome.Unfinished.Instance), token);
        }
    }

    /// <summary>Answers a request without a call, as the cache does.</summary>
    public async Task<RouterError?> AnswerAgainAsync(RequestContext context)
    {
        RouterError? refusal = null;
        await _standing.InvokeAsync(context, async (planned, token) =>
        {
            planned.Plan = PlanOf(planned);
            refusal = await planned.Limits!.CountAnsweredAsync(token);
            return ChatOutcome.Unfinished.Instance;
        }, CancellationToken.None);
        return refusal;
    }

    /// <summary>Carries out a later step of a request, on the plan its first step made.</summary>
    public async Task<ChatOutcome> StepAsync(RequestContext context, Action<RequestContext> carryOut)
    {
        context.Plan ??= PlanOf(context);
        return await _step.InvokeAsync(context, (stepped, _) =>
        {
            carryOut(stepped);
            return new(ChatOutcome.Unfinished.Instance);
        }, CancellationToken.None);
    }

    /// <summary>An attempt at the first model of the plan that answers, or that fails and has cost all the same.</summary>
    public static void Answer(RequestContext context, int tokens, int candidate = 0, AttemptFailure? failure = null)
    {
        var model = context.Plan.Candidates[candidate].Model;
        var attempt = new AttemptContext(context, model, DeploymentChoice.Fresh) { WasSent = true, Deployment = model.Deployments[0] };
        var usage = new TokenUsage(PromptTokens, tokens);
        attempt.End(1, failure, usage, model.Price.CostUsd(usage));
        context.Attempts.Add(attempt);
        if (failure is null)
            context.Answered = attempt;
    }

    /// <summary>What recording does once for each request.</summary>
    public static void Settle(RequestContext context)
    {
        context.CostUsd = context.SpentUsd;
        context.Limits?.Settle(context);
    }

    /// <summary>Moves the clock in small steps, because timers are armed between them.</summary>
    public async Task AdvanceUntilAsync(Task done, TimeSpan most)
    {
        for (var passed = TimeSpan.Zero; passed < most && !done.IsCompleted; passed += TimeSpan.FromMilliseconds(250))
        {
            Time.Advance(TimeSpan.FromMilliseconds(250));
            for (var turns = 0; turns < 50 && !done.IsCompleted; turns++)
                await Task.Yield();
        }

        await done.WaitAsync(TimeSpan.FromSeconds(30));
    }

    public LimitStanding Standing(LimitModel limit, SubjectKind kind = SubjectKind.Key, string name = Caller) => Ledger.Look(new LimitSubject(kind, name), limit);

    public static RoutePlan PlanOf(RequestContext context) => new()
    {
        Candidates = [.. context.Route.Candidates.Select(static model => new PlannedCandidate(model, model.DefaultQuality, model.Price.EstimateUsd(PromptTokens, 300), null, 0, "", false) { OutputTokens = 300 })],
        Exclusions = [],
        Objective = "order",
    };

    private static void Price(string model, LanguageModelBuilder set)
    {
        var (input, output) = model switch
        {
            "free" => (0m, 0m),
            "large" => (10m, 100m),
            _ => (1m, 10m),
        };
        set.Price(input, output);
    }

    private RouterModel With(RouterModel built) => new()
    {
        Version = built.Version,
        Providers = built.Providers,
        Models = built.Models,
        Routes = built.Routes,
        Tiers = built.Tiers,
        Targets = built.Targets,
        ModelsByName = built.ModelsByName,
        CallersByKeyHash = built.CallersByKeyHash,
        AnonymousTier = built.AnonymousTier,
        MaxRequestBytes = built.MaxRequestBytes,
        SharedLimits = Shared,
        EndUserHeader = EndUserHeader,
    };
}
