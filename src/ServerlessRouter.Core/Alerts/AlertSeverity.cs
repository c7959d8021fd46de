namespace ServerlessRouter.Alerts;

/// <summary>How bad it is.</summary>
public enum AlertSeverity
{
    /// <summary>A person should look at it today.</summary>
    Warning = 1,

    /// <summary>Requests are refused or fail, or only a person can mend it.</summary>
    Critical = 2,
}

/// <summary>The names of severities.</summary>
public static class AlertSeverities
{
    public const string Warning = "warning";
    public const string Critical = "critical";

    /// <summary>The name of a severity.</summary>
    public static string NameOf(AlertSeverity severity) => severity switch
    {
        AlertSeverity.Warning => Warning,
        AlertSeverity.Critical => Critical,
    };

    /// <summary>The severity of this name.</summary>
    public static AlertSeverity Parse(string name) => name == Critical ? AlertSeverity.Critical : AlertSeverity.Warning;
}
