namespace ServerlessRouter.Telemetry;

/// <summary>The router's own attributes of spans and metrics; those with few values stand on metrics too.</summary>
public static class RouterAttributes
{
    /// <summary>Name of the request in headers, logs and records.</summary>
    public const string RequestId = "router.request.id";

    /// <summary>Name of the route.</summary>
    public const string Route = "router.route";

    /// <summary>Name of the model whose answer the caller got; on gauges the model that is meant.</summary>
    public const string Model = "router.model";

    /// <summary><c>answered</c>, or the code of the error that the caller got.</summary>
    public const string Outcome = "router.outcome";

    /// <summary>What the cache of answers did: <c>hit</c>, <c>shared</c>, <c>miss</c>, <c>refresh</c>, <c>bypass</c>; none where it plays no part.</summary>
    public const string Cache = "router.cache";

    /// <summary>Name of the caller's key; only where that is asked for (<see cref="TelemetryOptions.NamesKeys"/>).</summary>
    public const string Key = "router.key";

    /// <summary>Name of the caller's tier.</summary>
    public const string Tier = "router.tier";

    /// <summary>Version of the configuration that decided.</summary>
    public const string ConfigurationVersion = "router.config.version";

    /// <summary>What the request was taken for.</summary>
    public const string Task = "router.task";

    /// <summary>Path of the rule that matched.</summary>
    public const string Rule = "router.rule";

    /// <summary>Name of the objective that ordered the candidates.</summary>
    public const string Objective = "router.objective";

    /// <summary>Names of the candidates in the order they are tried.</summary>
    public const string Candidates = "router.candidates";

    /// <summary>How many models were left out.</summary>
    public const string Excluded = "router.excluded";

    /// <summary>How a cascade came to its answer.</summary>
    public const string Cascade = "router.cascade";

    /// <summary>How many calls were made for the answer, without those beside it.</summary>
    public const string Attempts = "router.attempts";

    /// <summary>How many calls were made beside it.</summary>
    public const string SideCalls = "router.side_calls";

    /// <summary>What it cost in USD.</summary>
    public const string Cost = "router.cost";

    /// <summary>The router's own part of the time, in seconds.</summary>
    public const string Overhead = "router.overhead";

    /// <summary>The request is answered in several steps, of which this is one.</summary>
    public const string Step = "router.step";

    /// <summary><c>provider/name</c> of the deployment.</summary>
    public const string Deployment = "router.deployment";

    /// <summary>Why the attempt was made: <c>first</c>, <c>next_model</c>, <c>hedge</c>, <c>side_call</c>, <c>probe</c>, …</summary>
    public const string AttemptReason = "router.attempt.reason";

    /// <summary>What a call beside the request is for.</summary>
    public const string AttemptPurpose = "router.attempt.purpose";

    /// <summary>What the attempt cost in USD.</summary>
    public const string AttemptCost = "router.attempt.cost";

    /// <summary>The vendor sent no usage that can be believed; the router counted.</summary>
    public const string UsageEstimated = "router.usage.estimated";
}
