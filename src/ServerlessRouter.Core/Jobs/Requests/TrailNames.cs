using ServerlessRouter.Configuration;
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
    internal sealed class Failures() : NearestNameConverter<FailureKind>(FailureKind.ServerError);

    internal sealed class Reasons() : NearestNameConverter<AttemptReason>(AttemptReason.First);

    internal sealed class Choices() : NearestNameConverter<DeploymentChoice>(DeploymentChoice.Fresh);

    internal sealed class Standings() : NearestNameConverter<CandidateStanding>(CandidateStanding.Eligible);

    internal sealed class Exclusions() : NearestNameConverter<ExclusionReason>(ExclusionReason.Rule);

    internal sealed class Tasks() : NearestNameConverter<TaskKind>(TaskKind.Chat);

    internal sealed class Needs() : NearestNameConverter<Capabilities>(Capabilities.None);
}
