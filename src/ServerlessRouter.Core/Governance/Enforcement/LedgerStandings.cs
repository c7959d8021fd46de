using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Governance.Enforcement;

/// <summary>How much of their budgets callers have left, as the ledger knows it.</summary>
internal sealed class LedgerStandings(ILimitLedger ledger) : IBudgetStandings
{
    public BudgetModel? FindLow(RequestContext context)
    {
        foreach (var budget in context.Tier.Sparing)
        {
            if (IsLow(context, budget))
                return budget;
        }

        foreach (var budget in context.Caller?.Sparing ?? [])
        {
            if (IsLow(context, budget))
                return budget;
        }

        return null;
    }

    private bool IsLow(RequestContext context, BudgetModel budget)
    {
        var standing = ledger.Look(new LimitSubject(SubjectKind.Key, context.CallerName ?? ""), budget.Limit);
        return 1 - ((double)standing.Used / standing.Amount) < budget.LowBelow;
    }
}
