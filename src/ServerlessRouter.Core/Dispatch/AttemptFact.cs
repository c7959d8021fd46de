using System.Text.Json.Serialization;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Dispatch;

/// <summary>What the dispatch decision knows of an attempt that has ended; small and serialisable, so that a durable driver can keep it.</summary>
public readonly record struct AttemptFact
{
    /// <summary>A fact about a candidate's deployment; <c>-1</c> where no deployment was found.</summary>
    public const int NoDeployment = -1;

    /// <summary>Position among the plan's candidates.</summary>
    public required int Candidate { get; init; }

    /// <summary>Position among the model's deployments, or <see cref="NoDeployment"/>.</summary>
    public required int Deployment { get; init; }

    public required DeploymentChoice Choice { get; init; }

    /// <summary>Null when it answered.</summary>
    public FailureKind? Failure { get; init; }

    /// <summary>It answered, and whether the answer may be given is not known yet.</summary>
    public bool AwaitsCheck { get; init; }

    /// <summary>Of <see cref="FailureKind.CheckFailed"/>: how good the answer that is kept back still is, 0 to 1; 0 when none is.</summary>
    [JsonPropertyName("KeptWorth")]
    public double KeptFallbackScore { get; init; }

    /// <summary>How long the vendor asked to wait; for <see cref="FailureKind.NoDeployment"/> how long until the first breaker lets a call through.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>How many other deployments of the model could still be tried.</summary>
    public int OthersUntried { get; init; }

    /// <summary>
    /// How long until a deployment that this attempt could not call lets calls through, where that is worth a wait: a rate limit ends, or an outage was seen for the first time; null
    /// where there is none.
    /// </summary>
    public TimeSpan? OpensIn { get; init; }

    /// <summary>That moment is the router's own guess after failures, no rate limit's end.</summary>
    public bool IsOpeningGuessed { get; init; }

    /// <summary>When it ended, counted from the request's arrival.</summary>
    public required TimeSpan EndedAfter { get; init; }

    /// <summary>A number in [0, 1) drawn by the driver, from which the wait after this attempt is made.</summary>
    [JsonPropertyName("Luck")]
    public required double Jitter { get; init; }
}
