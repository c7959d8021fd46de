namespace ServerlessRouter.Configuration;

/// <summary>What an alert is about.</summary>
public enum AlertType
{
    /// <summary>A share of a budget is spent.</summary>
    Budget,

    /// <summary>Something costs far more than usual.</summary>
    Spike,

    /// <summary>A model answers otherwise than it did.</summary>
    Drift,

    /// <summary>A deployment has been left alone for longer than a moment.</summary>
    Breaker,

    /// <summary>An experiment stopped itself.</summary>
    Experiment,

    /// <summary>A configuration that should count cannot be loaded.</summary>
    Configuration,

    /// <summary>A message of the queue could not become a batch.</summary>
    Queue,

    /// <summary>Too many requests of a route fail.</summary>
    Errors,

    /// <summary>Too many requests of a route are slow.</summary>
    Latency,
}

/// <summary>The names <c>alerts.webhooks[].events</c> may have, which are the types of alerts.</summary>
public static class AlertTypes
{
    /// <summary>All names, in the order of <see cref="AlertType"/>.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Enum.GetNames<AlertType>().Select(static name => name.ToLowerInvariant())];

    /// <summary>The name of a type.</summary>
    public static string NameOf(AlertType type) => All[(int)type];

    /// <summary>The type of this name, which is one of <see cref="All"/>.</summary>
    public static AlertType Parse(string name) => Enum.Parse<AlertType>(name, ignoreCase: true);
}
