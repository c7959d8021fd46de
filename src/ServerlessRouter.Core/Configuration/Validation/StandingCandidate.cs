using ServerlessRouter.Configuration.Written;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>A candidate as far as what is written decides where it comes among the others.</summary>
internal sealed record StandingCandidate(string Name, ModelConfig Model)
{
    private static readonly IReadOnlyList<string?> Tasks = [.. TaskKinds.WireNames.ToArray(), null];

    /// <summary>Where it stands in the list.</summary>
    public int Place { get; init; }

    /// <summary>At the task it does best.</summary>
    public double BestQuality => Tasks.Max(task => WrittenQuality.Of(Model, task));

    /// <summary>At the task it does worst, on the hardest request.</summary>
    public double WorstQuality => QualityByDifficulty.Lowered((float)Tasks.Min(task => WrittenQuality.Of(Model, task)), 1);

    /// <summary>Null where something else than what is written decides: a team's own outcomes, a model that is malformed or cannot be called.</summary>
    public static StandingCandidate? Of(string name, ValidationContext context) =>
        context.Config.Models?.GetValueOrDefault(name) is { Price: not null, ContextWindow: not null, Deployments.Count: > 0 } model && !context.IsGraded(name)
            ? new StandingCandidate(name, model)
            : null;

    public bool IsBetterAtEverything(StandingCandidate other) => Tasks.All(task => WrittenQuality.Of(Model, task) > WrittenQuality.Of(other.Model, task));

    public bool IsNoWorseAtAnything(StandingCandidate other) => Tasks.All(task => WrittenQuality.Of(Model, task) >= WrittenQuality.Of(other.Model, task));

    public bool IsNoDearer(StandingCandidate other)
    {
        var (own, theirs) = (ListPrices.Of(Model.Price!), ListPrices.Of(other.Model.Price!));
        var lengths = own.Above.Concat(theirs.Above).Select(static step => step.Tokens + 1).Prepend(0);
        return lengths.All(tokens => IsNoDearer(own.At(tokens), theirs.At(tokens)));
    }

    private static bool IsNoDearer(ModelPrice own, ModelPrice theirs) =>
        own.InputPerMillion <= theirs.InputPerMillion && own.CachedInputPerMillion <= theirs.CachedInputPerMillion && own.OutputPerMillion <= theirs.OutputPerMillion && own.PerRequest <= theirs.PerRequest;

    /// <summary>Of two that weigh the same the one written first goes first.</summary>
    public bool Precedes(StandingCandidate other) => Place < other.Place || !other.IsNoDearer(this);

    /// <summary>Whether it can answer every request the other can, wherever that one may be called.</summary>
    public bool CanStandInFor(StandingCandidate other, ValidationContext context)
    {
        var lacking = ModelAbilities.Of(other.Model) & ~ModelAbilities.Of(Model) & ~(Capabilities.Tuning | Capabilities.Streaming);
        return lacking == Capabilities.None && Model.ContextWindow >= other.Model.ContextWindow && (!HasConstraints(context.Config) || Providers(other).IsSubsetOf(Providers(this)));
    }

    private static HashSet<string?> Providers(StandingCandidate candidate) => [.. candidate.Model.Deployments.Entries().Select(static entry => entry.Value.Provider)];

    private static bool HasConstraints(RouterConfig config) =>
        config.Routes.Entries().Any(static route => route.Value.Constraints is not null) || config.Tiers.Entries().Any(static tier => tier.Value.Constraints is not null);
}
