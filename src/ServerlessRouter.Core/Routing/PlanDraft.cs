using System.Collections.Immutable;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Routing.Objectives;

namespace ServerlessRouter.Routing;

/// <summary>A plan while it is made: every model is considered once, and is then a candidate or an exclusion. Copies are views of the same draft.</summary>
internal readonly ref struct PlanDraft(RouterModel router, CandidateFilter filter, CandidateForecast forecast)
{
    private readonly ModelSet _considered = new(router);

    /// <summary>Rented; the maker of the draft returns it.</summary>
    public CandidatePool Pool { get; } = CandidatePool.Rent();

    public ImmutableArray<PlannedCandidate>.Builder Candidates { get; } = ImmutableArray.CreateBuilder<PlannedCandidate>(0);

    public ImmutableArray<Exclusion>.Builder Exclusions { get; } = ImmutableArray.CreateBuilder<Exclusion>(0);

    /// <summary>Puts the models that may answer into the pool.</summary>
    public void Consider(ImmutableArray<LanguageModel> models, bool isFallback)
    {
        // Room for all of the first at once, and for no more: what is filled to the last place need not be copied when the plan takes it over. Fallbacks grow it as they need.
        Pool.MakeRoom(models.Length);
        if (Candidates.Count == 0)
            Candidates.Capacity = Math.Max(Candidates.Capacity, models.Length);
        foreach (var model in models)
        {
            if (MayAnswer(model, isFallback))
                Pool.Add(forecast.Of(model), isFallback);
        }
    }

    /// <summary>Appends the models that may answer as fallbacks, in their order.</summary>
    public void AddFallbacks(ImmutableArray<LanguageModel> models)
    {
        foreach (var model in models)
        {
            if (!MayAnswer(model, isFallback: true))
                continue;
            Candidates.Add(forecast.Of(model).Planned(new CandidateScore(0, "fallback of the route"), CandidateStanding.Eligible, isFallback: true));
        }
    }

    /// <summary>Notes the candidates of a route that its rule left out, unless they came in some other way.</summary>
    public void AddRuledOut(RouteModel route, RuleModel rule)
    {
        foreach (var model in route.Candidates)
        {
            if (!_considered.Contains(model))
                Exclusions.Add(new Exclusion(model.Name, ExclusionReason.Rule, $"{rule.Path} uses others"));
        }
    }

    /// <summary>Appends, largest window first, the models that the prompt does not fit if it is as long as it is guessed to be.</summary>
    public void AddCramped() => Pool.MoveCrampedTo(Candidates);

    /// <summary>Whether the model is one to choose from; a cramped one is set aside.</summary>
    private bool MayAnswer(LanguageModel model, bool isFallback)
    {
        if (!_considered.Add(model))
            return false;
        if (filter.Exclude(model) is { } exclusion)
        {
            Exclusions.Add(exclusion);
            return false;
        }

        if (filter.Fits(model))
            return true;
        Pool.SetAside(forecast.Of(model), isFallback);
        return false;
    }
}

/// <summary>A set of the models of one configuration, a bit for each.</summary>
internal readonly struct ModelSet(RouterModel router)
{
    private readonly ulong[] _words = new ulong[(router.Models.Length + 63) / 64];

    public bool Contains(LanguageModel model) => (_words[model.Index / 64] & Bit(model)) != 0;

    /// <summary>False when it was in the set already.</summary>
    public bool Add(LanguageModel model)
    {
        var isNew = !Contains(model);
        _words[model.Index / 64] |= Bit(model);
        return isNew;
    }

    private static ulong Bit(LanguageModel model) => 1UL << (model.Index % 64);
}
