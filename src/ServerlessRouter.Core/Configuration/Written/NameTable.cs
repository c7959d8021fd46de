namespace ServerlessRouter.Configuration.Written;

/// <summary>The closed sets of names a member of the configuration may be bound to.</summary>
public enum NameTable
{
    /// <summary>Any text.</summary>
    Open,
    ProviderKind,
    BalancingPolicy,

    /// <summary>The objectives <c>prefer</c> may name: those that need no weights.</summary>
    PreferredObjective,
    Capability,
    Condition,
    BudgetPeriod,
    ContentFilterAction,
    AnswerCheck,

    /// <summary>A task, or <c>default</c> for all others.</summary>
    QualityTask,
    CallerPreference,
    DataCollection,
    CorrectionMode,
    DowngradePolicy,
}
