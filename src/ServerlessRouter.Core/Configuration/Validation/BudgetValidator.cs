using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>Checks budgets and limits wherever they stand, beyond the ranges of their numbers.</summary>
internal sealed class BudgetValidator : IConfigValidator
{
    public void Validate(ValidationContext context)
    {
        var findings = context.Findings;
        foreach (var (name, tier) in context.Config.Tiers.Entries())
        {
            var path = ConfigPath.Member("tiers", name);
            ValidateBudgets(tier.Budget, path, findings);
            ValidateSession(tier.Session, $"{path}.session", findings);
            ValidateUser(tier.User, $"{path}.user", findings);
            ValidateAtLimit(tier.AtLimit, tier.Budget is null && tier.Session?.Usd is null && tier.User?.Usd is null, path, findings);
        }

        foreach (var (place, limit) in context.Config.Limits.Entries())
        {
            var path = ConfigPath.Item("limits", place);
            ValidateBudgets(limit.Budget, path, findings);
            ValidateAtLimit(limit.AtLimit, limit.Budget is null, path, findings);
        }
    }

    /// <summary>Checks the budgets written at one place.</summary>
    public static void ValidateBudgets(IReadOnlyList<BudgetConfig?>? budgets, string owner, Findings findings)
    {
        var path = ConfigPath.Member(owner, "budget");
        if (budgets is { Count: 0 })
            findings.Error(path, "is an empty list; leave it out for no budget");
        var periods = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (place, budget) in budgets.Entries())
        {
            var at = budgets is { Count: 1 } ? path : ConfigPath.Item(path, place);
            if (budget.Per is { } per && !periods.Add(per))
                findings.Error($"{at}.per", $"is {Quoted.Text(per)}, for which there is a budget in the list already; one period has one budget");
            if (budget is { LowBelow: not null, WhenLow: null or DowngradePolicies.Keep })
                findings.Warning($"{at}.lowBelow", $"changes nothing without whenLow: {DowngradePolicies.Cheapest}");
        }
    }

    private static void ValidateSession(SessionLimitsConfig? session, string path, Findings findings)
    {
        if (session is { Usd: null, Requests: null } && !findings.IsWrong($"{path}.usd") && !findings.IsWrong($"{path}.requests"))
            findings.Error(path, "limits nothing; write usd or requests, or leave it out");
    }

    private static void ValidateUser(UserLimitsConfig? user, string path, Findings findings)
    {
        if (user is { Usd: not null, Per: null } && !findings.IsWrong($"{path}.per"))
            findings.Error($"{path}.per", $"is missing: a budget has a period; write {string.Join(", ", BudgetPeriods.All)}");
        else if (user is { Usd: null, Per: not null } && !findings.IsWrong($"{path}.usd"))
            findings.Error($"{path}.usd", "is missing: a period alone limits nothing");
        else if (user == new UserLimitsConfig() && !findings.HasErrors)
            findings.Error(path, "limits nothing; write usd and per, or one of the limits, or leave it out");
    }

    private static void ValidateAtLimit(AtLimitConfig? atLimit, bool hasNoBudget, string owner, Findings findings)
    {
        if (atLimit is null)
            return;
        var path = $"{owner}.atLimit";
        if (atLimit == new AtLimitConfig() && !findings.HasErrors)
            findings.Error(path, "says nothing; write \"refuse\", \"downgrade\", \"queue\", or an object with downgradeUpTo or queueSeconds");
        if (atLimit is { DowngradeUpTo: not null, QueueSeconds: not null })
            findings.Error(path, "can either downgrade or queue; write downgradeUpTo or queueSeconds");
        if (atLimit is { DowngradeUpTo: not null, Action: not (null or AtLimitActions.Downgrade) })
            findings.Error($"{path}.downgradeUpTo", $"does not go with action {Quoted.Text(atLimit.Action!)}");
        if (atLimit is { QueueSeconds: not null, Action: not (null or AtLimitActions.Queue) })
            findings.Error($"{path}.queueSeconds", $"does not go with action {Quoted.Text(atLimit.Action!)}");
        if (atLimit.DowngradeUpTo is 1)
            findings.Error($"{path}.downgradeUpTo", "is 1, but must be above 1: it is the share of the budget at which requests are refused after all");
        if (hasNoBudget && (atLimit.DowngradeUpTo is not null || atLimit.Action == AtLimitActions.Downgrade))
            findings.Warning(path, "changes nothing without a budget: a cheaper model uses as many requests and tokens");
    }
}
