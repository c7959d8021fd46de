namespace ServerlessRouter.Configuration;

/// <summary>The names <c>atLimit</c> may have.</summary>
public static class AtLimitActions
{
    public const string Refuse = "refuse";
    public const string Downgrade = "downgrade";
    public const string Queue = "queue";

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> All { get; } = [Refuse, Downgrade, Queue];
}

/// <summary>The names <c>onStoreFailure</c> may have.</summary>
public static class StoreFailureRules
{
    public const string LastLease = "lastLease";
    public const string Open = "open";
    public const string Closed = "closed";

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> All { get; } = [LastLease, Open, Closed];

    /// <summary>The rule of this name; configuration has been checked, so there is one.</summary>
    public static StoreFailureRule Parse(string? name) => name switch
    {
        Open => StoreFailureRule.Open,
        Closed => StoreFailureRule.Closed,
        _ => StoreFailureRule.LastLease,
    };
}
