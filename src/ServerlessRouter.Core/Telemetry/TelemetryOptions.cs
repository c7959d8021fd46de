namespace ServerlessRouter.Telemetry;

/// <summary>How the router names what it shows, and what it leaves out.</summary>
public sealed record TelemetryOptions
{
    /// <summary>Set to <c>true</c>, it puts the names of callers' keys on spans and metrics.</summary>
    public const string KeysVariable = "ROUTER_TELEMETRY_KEYS";

    /// <summary>The version of the conventions for generative AI.</summary>
    public GenAiConventions Conventions { get; init; } = GenAiConventions.V141;

    /// <summary>Spans and metrics of requests have the name of the caller's key. Off by default: it may name a person, and each key is a series of its own.</summary>
    public bool NamesKeys { get; init; }

    /// <summary>What earlier versions measured goes on under its former names, where something listens, until the next version.</summary>
    public bool KeepsFormerNames { get; init; } = true;

    /// <summary>What the environment asks for.</summary>
    public static TelemetryOptions FromEnvironment(Func<string, string?> variable) => new()
    {
        Conventions = GenAiOptIn.Parse(variable(GenAiOptIn.Variable)),
        NamesKeys = string.Equals(variable(KeysVariable), "true", StringComparison.OrdinalIgnoreCase),
    };
}
