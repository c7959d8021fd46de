using System.Collections.Immutable;

namespace ServerlessRouter.Configuration;

/// <summary>What a name in <c>model</c> stands for: which models may answer, by what rules and in what order.</summary>
public sealed class RouteModel
{
    public required string Name { get; init; }

    /// <summary>True for the route every model has by its own name.</summary>
    public bool IsImplicit { get; init; }

    /// <summary>First match wins.</summary>
    public required ImmutableArray<RuleModel> Rules { get; init; }

    /// <summary>What the objective may choose from.</summary>
    public required ImmutableArray<LanguageModel> Candidates { get; init; }

    public required ObjectiveModel Objective { get; init; }

    /// <summary>Tried in this order after the chosen candidates.</summary>
    public required ImmutableArray<LanguageModel> Fallbacks { get; init; }

    public required RouteLimits Limits { get; init; }

    /// <summary>Cheap models first, with checks; null for a route without.</summary>
    public CascadeModel? Cascade { get; init; }

    /// <summary>When a second deployment is asked because the first is slow; null for never.</summary>
    public HedgeModel? Hedge { get; init; }

    /// <summary>A content-filter refusal may move on to the next model.</summary>
    public bool MovesOnAfterContentFilter { get; init; }

    /// <summary>What is demanded of every provider; null demands nothing.</summary>
    public ConstraintsModel? Constraints { get; init; }

    /// <summary>Who is asked what a request is when the classifier is unsure; null for no model.</summary>
    public SecondOpinionModel? SecondOpinion { get; init; }

    /// <summary>How answers are given again to the same request; null for a route that does so only where a request may ask for it.</summary>
    public CacheModel? Cache { get; init; }

    /// <summary>It stands for a model that makes embeddings, and answers no chat.</summary>
    public bool MakesEmbeddings => Candidates is [{ AnswersChat: false }, ..];

    /// <summary>Deciding needs the profile; false for a single candidate without rules, where classifying would be wasted.</summary>
    public required bool NeedsProfile { get; init; }
}

/// <summary>When a route may ask a second deployment because the first is slow.</summary>
/// <param name="MaxShare">Share of its requests that may be sent twice, at most.</param>
/// <param name="WithTools">Requests that offer tools too.</param>
public sealed record HedgeModel(double MaxShare, bool WithTools)
{
    public const double DefaultMaxShare = 0.05;
}

/// <summary>What a route wants from its candidates.</summary>
public sealed record ObjectiveModel
{
    /// <summary>Name of the objective policy; one of <see cref="ObjectiveNames"/>.</summary>
    public required string Policy { get; init; }

    /// <summary>Expected quality 0..1 below which a candidate comes only after the others.</summary>
    public double MinimumQuality { get; init; }

    /// <summary>Weights of the weighted objective, each 0 or more.</summary>
    public double QualityWeight { get; init; }

    public double CostWeight { get; init; }

    public double LatencyWeight { get; init; }
}

/// <summary>The small model a route asks when its classifier is unsure.</summary>
/// <param name="Model">Who is asked.</param>
/// <param name="BelowConfidence">It is asked below this confidence of the classifier, 0..1, and when that abstains.</param>
/// <param name="Timeout">How long it may take.</param>
public sealed record SecondOpinionModel(LanguageModel Model, double BelowConfidence, TimeSpan Timeout)
{
    public const double DefaultBelowConfidence = 0.5;
    public const double DefaultTimeoutSeconds = 2;
}

/// <summary>The names <c>routes.*.onContentFilter</c> may have.</summary>
public static class ContentFilterActions
{
    /// <summary>The refusal goes to the caller as it is.</summary>
    public const string Fail = "fail";

    /// <summary>The next model is asked.</summary>
    public const string Next = "next";

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> All { get; } = [Fail, Next];
}
