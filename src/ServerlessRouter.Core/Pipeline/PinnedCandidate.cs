using ServerlessRouter.Configuration;

namespace ServerlessRouter.Pipeline;

/// <summary>A planned candidate with its model by name, as it is kept.</summary>
public sealed record PinnedCandidate
{
    public required string Model { get; init; }

    public required float Quality { get; init; }

    public required double CostUsd { get; init; }

    public double? LatencySeconds { get; init; }

    public required double Score { get; init; }

    public required string Reason { get; init; }

    public required bool IsFallback { get; init; }

    public required CandidateStanding Standing { get; init; }

    public required float Correction { get; init; }

    public required int OutputTokens { get; init; }

    public static PinnedCandidate Of(PlannedCandidate candidate) => new()
    {
        Model = candidate.Model.Name,
        Quality = candidate.Quality,
        CostUsd = candidate.CostUsd,
        LatencySeconds = candidate.LatencySeconds,
        Score = candidate.Score,
        Reason = candidate.Reason,
        IsFallback = candidate.IsFallback,
        Standing = candidate.Standing,
        Correction = candidate.Correction,
        OutputTokens = candidate.OutputTokens,
    };

    public PlannedCandidate Restore(ModelLookup models) => new(models.Find(Model), Quality, CostUsd, LatencySeconds, Score, Reason, IsFallback)
    {
        Standing = Standing,
        Correction = Correction,
        OutputTokens = OutputTokens,
    };
}
