using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Jobs.Requests;

/// <summary>
/// What names in a trail are read as that this version does not know, because a newer one wrote it before a roll-back: the requests in flight go on, and their bills and records
/// stay whole. Each becomes the known name that forbids nothing.
/// </summary>
internal static class TrailNames
{
    /// <summary>The vendor failed somehow: everything else may still be tried.</summary>
    internal sealed class FailureConverter() : NearestNameConverter<FailureKind>(FailureKind.ServerError);

    internal sealed class ReasonConverter() : NearestNameConverter<AttemptReason>(AttemptReason.First);

    internal sealed class ChoiceConverter() : NearestNameConverter<DeploymentChoice>(DeploymentChoice.Fresh);

    internal sealed class StandingConverter() : NearestNameConverter<CandidateStanding>(CandidateStanding.Eligible);

    internal sealed class ExclusionConverter() : NearestNameConverter<ExclusionReason>(ExclusionReason.Rule);

    internal sealed class TaskConverter() : NearestNameConverter<TaskKind>(TaskKind.Chat);

    internal sealed class NeedsConverter() : NearestNameConverter<Capabilities>(Capabilities.None);
}
