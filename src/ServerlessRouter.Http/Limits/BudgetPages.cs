using ServerlessRouter.Configuration;
using ServerlessRouter.Governance;
using ServerlessRouter.Governance.Enforcement;
using ServerlessRouter.Keys;

namespace ServerlessRouter.Http.Limits;

/// <summary>Finds the budgets of a page: those of the configuration, and then those of the keys that were issued.</summary>
/// <param name="keys">The issued keys; null where none can be kept.</param>
internal sealed class BudgetPages(KeyAdministration? keys)
{
    /// <summary>Issued keys that are looked through for a page, whether they have budgets or not: one page of the store.</summary>
    private const int MaxKeysOfPage = 1000;

    public async ValueTask<(IReadOnlyList<(LimitSubject Subject, LimitModel Limit)> Page, BudgetPlace? Next)> ReadAsync(RouterModel router, BudgetPlace after, int limit, CancellationToken cancellationToken)
    {
        List<(LimitSubject Subject, LimitModel Limit)> page = [];
        if (after.Key is null)
        {
            page.AddRange(LimitReader.Budgets(router, Configured(router)).Skip(after.Passed).Take(limit + 1));
            if (page.Count > limit)
                return (page[..limit], after with { Passed = after.Passed + limit });
            after = BudgetPlace.FirstIssued;
        }

        if (keys is null || router.KeyTerms is not { } terms)
            return (page, null);
        var (issued, hasMore) = await keys.ListAsync(AdminModel.Owner, after.Key is { Length: > 0 } id ? id : null, MaxKeysOfPage, cancellationToken);
        foreach (var key in issued)
        {
            var own = terms.Find(key.Name, key.Terms.Span) is { } caller ? LimitReader.BudgetsOf(caller) : [];
            foreach (var budget in own.Skip(after.Passed))
            {
                if (page.Count == limit)
                    return (page, after);
                page.Add(budget);
                after = after with { Passed = after.Passed + 1 };
            }

            after = new BudgetPlace(0, key.Id);
        }

        return (page, hasMore ? after : null);
    }

    /// <summary>Those of one key, wherever it stands.</summary>
    public static (IReadOnlyList<(LimitSubject Subject, LimitModel Limit)> Page, BudgetPlace? Next) ReadOne(RouterModel router, string key, BudgetPlace after, int limit)
    {
        var caller = Configured(router).FirstOrDefault(caller => caller.Name == key) ?? router.KeyRing.Recall(router, key);
        List<(LimitSubject Subject, LimitModel Limit)> budgets = caller is not null
            ? [.. LimitReader.BudgetsOf(caller)]
            : [.. LimitReader.Budgets(router, []).Where(budget => budget.Subject.Kind == SubjectKind.Key && budget.Subject.Name == key)];
        var page = budgets.Skip(after.Passed).Take(limit).ToList();
        return (page, after.Passed + page.Count < budgets.Count ? after with { Passed = after.Passed + page.Count } : null);
    }

    private static IEnumerable<CallerModel> Configured(RouterModel router) => router.CallersByKeyHash.Values.OrderBy(static caller => caller.Name, StringComparer.Ordinal);
}
