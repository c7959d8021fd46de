using ServerlessRouter.Domain;

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
    AtLimitAction,
    StoreFailureRule,
    AdminRole,
    CacheScope,
    AlertType,
    AlertFormat,
}

/// <summary>The names behind each <see cref="NameTable"/>: the same constants and rows that resolve policies and providers at run time.</summary>
public sealed class NameTables(IReadOnlyList<ProviderKind> kinds)
{
    /// <summary>Key of the quality that holds for every task not named.</summary>
    public const string DefaultQuality = "default";

    private static readonly string[] Preferred = [.. ObjectiveNames.All.Where(static name => name != ObjectiveNames.Weighted)];
    private static readonly string[] CapabilityWords = [.. CapabilityNames.All];
    private static readonly string[] QualityTasks = [DefaultQuality, .. TaskKinds.WireNames];

    private readonly string[] _kinds = [.. kinds.Select(static kind => kind.Name)];

    /// <summary>The names of a table; empty for <see cref="NameTable.Open"/>.</summary>
    public IReadOnlyList<string> Names(NameTable table) => table switch
    {
        NameTable.Open => [],
        NameTable.ProviderKind => _kinds,
        NameTable.BalancingPolicy => BalancingPolicies.All,
        NameTable.PreferredObjective => Preferred,
        NameTable.Capability => CapabilityWords,
        NameTable.Condition => ConditionNames.All,
        NameTable.BudgetPeriod => BudgetPeriods.All,
        NameTable.ContentFilterAction => ContentFilterActions.All,
        NameTable.AnswerCheck => AnswerCheckNames.All,
        NameTable.QualityTask => QualityTasks,
        NameTable.CallerPreference => CallerPreferences.All,
        NameTable.DataCollection => DataCollectionRules.All,
        NameTable.DowngradePolicy => DowngradePolicies.All,
        NameTable.CorrectionMode => CorrectionModes.All,
        NameTable.AtLimitAction => AtLimitActions.All,
        NameTable.StoreFailureRule => StoreFailureRules.All,
        NameTable.AdminRole => AdminRoles.All,
        NameTable.CacheScope => CacheScopes.All,
        NameTable.AlertType => AlertTypes.All,
        NameTable.AlertFormat => AlertFormats.All,
    };
}
