using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Governance.Enforcement;

/// <summary>One request and its limits: what is set aside for it, and, once it has ended, what it used.</summary>
internal sealed class LimitTicket(LimitDesk desk, RequestContext context, Claim[] claims) : IRequestLimits
{
    private const int MaxOnStack = 32;

    /// <summary>Stands where something to do would, once it is too late to wait for it.</summary>
    private static readonly Action Done = static () => { };

    private readonly RequestUse _before = RequestUse.Of(context);
    private readonly int _attemptsBefore = context.Attempts.Count;
    private readonly int _askedBefore = context.HasSideCalls ? context.SideCalls.Count : 0;
    private ILimitReservation? _reservation;
    private LimitFigures? _settled;
    private int _isSettled;
    private Action? _afterSettling;

    /// <summary>The limits that hold whatever model is called.</summary>
    public Claim[] Standing { get; } = claims;

    /// <summary>Those, and the first candidate's own; as they were set aside.</summary>
    public Claim[] Claims { get; private set; } = claims;

    /// <summary>The budget because of which only the cheapest candidate is asked.</summary>
    public string? DowngradedBy { get; set; }

    /// <summary>Only candidates that cost nothing are asked, so budgets play no part.</summary>
    public bool IsFree { get; set; }

    /// <summary>A later step of a request: that was counted with its first, and its plan is what the step was decided on.</summary>
    public bool IsLaterStep { get; init; }

    /// <summary>What was set aside.</summary>
    public void Hold(Claim[] held, ILimitReservation reservation) => (Claims, _reservation) = (held, reservation);

    public LimitFigures Look()
    {
        if (_settled is { } known)
            return known;
        Span<LimitStanding> standings = Standing.Length <= MaxOnStack ? stackalloc LimitStanding[Standing.Length] : new LimitStanding[Standing.Length];
        desk.Ledger.Look(Standing, standings);
        return Figures(standings);
    }

    private LimitFigures Figures(ReadOnlySpan<LimitStanding> standings)
    {
        LimitStanding? requests = null, tokens = null;
        long? budget = null;
        for (var place = 0; place < Standing.Length; place++)
        {
            ref readonly var standing = ref standings[place];
            switch (Standing[place].Limit.Measure)
            {
                case LimitMeasure.Money:
                    budget = Math.Min(budget ?? long.MaxValue, standing.Remaining);
                    break;
                case LimitMeasure.Requests:
                    requests = Tighter(requests, standing);
                    break;
                case LimitMeasure.Tokens:
                    tokens = Tighter(tokens, standing);
                    break;
            }
        }

        var now = desk.Now;
        return new LimitFigures(RateOf(requests, now), RateOf(tokens, now), budget is { } micros ? RequestUse.UsdOf(micros) : null, DowngradedBy);
    }

    public ValueTask<RouterError?> CountAnsweredAsync(CancellationToken cancellationToken) => desk.CountAnsweredAsync(this, context, cancellationToken);

    public bool IsAtLimit(LanguageModel model) => desk.IsAtLimit(context.Router, model);

    public void AfterSettling(Action action)
    {
        if (Interlocked.CompareExchange(ref _afterSettling, action, null) == Done)
            action();
    }

    public void Settle(RequestContext context)
    {
        if (Interlocked.Exchange(ref _isSettled, 1) != 0)
            return;
        Count(context);
        Interlocked.Exchange(ref _afterSettling, Done)?.Invoke();
    }

    private void Count(RequestContext context)
    {
        var use = RequestUse.Of(context).Since(_before);
        if (_reservation is { } reservation)
        {
            Span<long> used = Claims.Length <= MaxOnStack ? stackalloc long[Claims.Length] : new long[Claims.Length];
            for (var place = 0; place < Claims.Length; place++)
                used[place] = UsedOf(Claims[place], use, context);
            reservation.Settle(used);
            desk.Learn(context);
        }

        if (use is not { Tokens: 0, Usd: 0 } && !(_reservation is not null && ReferenceEquals(Claims, Standing)))
            ChargeAsked(use, context);
        ChargeOtherModels(context);
        Span<LimitStanding> standings = Claims.Length <= MaxOnStack ? stackalloc LimitStanding[Claims.Length] : new LimitStanding[Claims.Length];
        desk.Settled(Claims, standings);
        if (ReferenceEquals(Claims, Standing))
            _settled = Figures(standings);
    }

    /// <summary>Nothing was set aside of these limits, and yet something was asked: before the request was refused, about an answer that was there, or beside a model that is free.</summary>
    private void ChargeAsked(RequestUse use, RequestContext context) => desk.Charge(
        [.. Standing.Where(claim => claim.Limit.Measure is LimitMeasure.Tokens or LimitMeasure.Money && !Holds(claim)).Select(claim => claim with { Amount = UsedOf(claim, use, context) })]);

    private bool Holds(Claim claim) => _reservation is not null && Array.Exists(Claims, held => held.Subject == claim.Subject && ReferenceEquals(held.Limit, claim.Limit));

    private long UsedOf(in Claim claim, in RequestUse use, RequestContext context)
    {
        if (claim.Subject.Kind != SubjectKind.Model)
            return use.Of(claim.Limit.Measure, IsLaterStep ? 0 : 1, desk.Random);
        var atModel = RequestUse.Of(Made(context), claim.Subject.Name, out var sent);
        return atModel.Of(claim.Limit.Measure, sent, desk.Random);
    }

    /// <summary>Models that were asked after the first have limits, too; that they are at theirs was seen before they were asked.</summary>
    private void ChargeOtherModels(RequestContext context)
    {
        var limits = context.Router.SharedLimits.ByModel;
        if (limits.Count == 0)
            return;
        var reserved = _reservation is null ? null : context.Plan.Candidates[0].Model.Name;
        foreach (var model in Made(context).Where(static attempt => attempt.WasSent).Select(static attempt => attempt.Model.Name).Distinct())
        {
            if (model == reserved || !limits.TryGetValue(model, out var own))
                continue;
            var use = RequestUse.Of(Made(context), model, out var sent);
            desk.Charge([.. own.Where(static limit => limit.Measure != LimitMeasure.Concurrency)
                .Select(limit => new Claim(new LimitSubject(SubjectKind.Model, model), limit, use.Of(limit.Measure, sent, desk.Random)))]);
        }
    }

    /// <summary>Every call that was made since, those beside the request included.</summary>
    private IEnumerable<AttemptContext> Made(RequestContext context)
    {
        var made = context.Attempts.Skip(_attemptsBefore);
        return context.HasSideCalls ? made.Concat(context.SideCalls.Skip(_askedBefore)) : made;
    }

    private static LimitStanding Tighter(in LimitStanding? known, in LimitStanding standing) => known is { } other && other.Remaining <= standing.Remaining ? other : standing;

    private static RateFigures? RateOf(in LimitStanding? limit, DateTimeOffset now) =>
        limit is { } standing ? new RateFigures(standing.Amount, standing.Remaining, standing.ResetsAt is { } end ? (end > now ? end - now : TimeSpan.Zero) : null) : null;
}
