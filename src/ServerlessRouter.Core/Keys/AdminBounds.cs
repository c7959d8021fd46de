using System.Globalization;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Keys;

/// <summary>
/// Holds admins to what their keys may come to: a key never allows more than the admin who issues it. Of a budget count what the keys there are may spend, as far as their tiers let them go on at a spent
/// budget, and what was spent in its window under budgets that were taken from keys.
/// </summary>
internal sealed class AdminBounds(IssuedKeys keys, RouterModelSource models, PastBudgets past)
{
    public PastBudgets Past => past;

    /// <summary>What of a key goes beyond its admin's tiers or, with its other keys, beyond its budget; null where nothing does.</summary>
    /// <param name="admin">Who issues or changes it.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="terms">What it would allow.</param>
    /// <param name="before">The key itself, where it is there already.</param>
    /// <param name="cancellationToken">The caller's cancellation.</param>
    public async ValueTask<RouterError?> FindExcessAsync(AdminModel admin, string name, ReadOnlyMemory<byte> terms, IssuedKey? before, CancellationToken cancellationToken)
    {
        if (admin is { Tiers: null, Budget: null })
            return null;
        if (models.Current.KeyTerms?.Find(name, terms.Span) is not { } caller)
            return Denied($"The tier of this key is no longer in the router's configuration, so it cannot be told whether the admin key '{admin.Name}' may issue it. Give the key another tier first.", "tier");
        if (admin.Tiers is { } tiers && !tiers.Contains(caller.Tier.Name))
            return Denied($"The admin key '{admin.Name}' may issue keys of {(tiers.Count == 1 ? "the tier" : "the tiers")} {string.Join(", ", tiers.Order(StringComparer.Ordinal))} only, not of '{caller.Tier.Name}'.", "tier");
        if (admin.Budget is not { } budget)
            return null;
        if (MoneyOf(terms, budget) is not { } asked)
            return Denied($"The admin key '{admin.Name}' may spend {Usd(budget.Micros)} USD per {budget.Per} through its keys, so each needs a budget per {budget.Per}.", "budget");
        // A key of less than it had brings the sum nearer to the bound, wherever that is.
        var had = before is null ? null : MoneyOf(before.Terms, budget);
        if (asked.Ceiling < had?.Ceiling)
            return null;
        return await FindExcessAsync(admin, budget, new KeyShare(name, asked, IsMended: before is not null && had is null), cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<RouterError?> FindExcessAsync(AdminModel admin, AdminBudget budget, KeyShare share, CancellationToken cancellationToken)
    {
        if (await past.FindAsync(admin.Name, budget.Window, cancellationToken).ConfigureAwait(false) is not { } gone)
            return Denied($"The admin key '{admin.Name}' has deleted or lowered more than {PastBudgets.MaxOfAdmin} keys in this {budget.Per}, which is more than are counted. It may issue keys again when the {budget.Per} ends.", "budget");
        var spent = gone.Where(each => each.Key != share.Name).Aggregate(default(Int128), static (sum, each) => sum + each.Value);
        Int128 given = Math.Max(share.Limit.Ceiling, gone.GetValueOrDefault(share.Name));
        var goesOn = GoesOn(share.Limit);
        await foreach (var other in keys.Rows.ListAsync(after: null, cancellationToken).ConfigureAwait(false))
        {
            if (other.CreatedBy != admin.Name || other.Name == share.Name)
                continue;
            var limit = MoneyOf(other.Terms, budget);
            if (limit is null && !share.IsMended)
                return Denied($"The key '{other.Name}', which the admin key '{admin.Name}' has issued, has no budget per {budget.Per}, so nothing bounds what it may spend. Give it one, or delete it, before keys are issued or given more.", "budget");
            var micros = limit?.Ceiling ?? 0;
            given += micros;
            goesOn |= GoesOn(limit);
            // What was spent before a budget was lowered is part of what its key comes to.
            if (gone.GetValueOrDefault(other.Name) is > 0 and var before)
                spent -= Math.Min(before, micros);
        }

        if (given + spent <= budget.Micros)
            return null;
        var also = spent > 0 ? $", beside {Usd(spent)} USD that keys since deleted or lowered have spent, or hold, in this {budget.Per}" : "";
        var further = goesOn ? ", what their tiers let them spend beyond those ('downgradeUpTo') included" : "";
        return Denied($"The keys of the admin key '{admin.Name}' would have budgets of {Usd(given)} USD per {budget.Per} together{further}{also}, and it may give {Usd(budget.Micros)}.", "budget");
    }

    private LimitModel? MoneyOf(ReadOnlyMemory<byte> terms, AdminBudget budget) => models.Current.KeyTerms?.FindBudgets(terms.Span).FirstOrDefault(limit => limit.Window == budget.Window);

    private static bool GoesOn(LimitModel? limit) => limit is not null && limit.Ceiling > limit.Amount;

    private static string Usd(Int128 micros) => ((decimal)micros / 1_000_000m).ToString("0.######", CultureInfo.InvariantCulture);

    private static RouterError Denied(string message, string param) => new(RouterErrorCode.PermissionDenied, message) { Param = param };

    /// <param name="Name">The key.</param>
    /// <param name="Limit">The budget it would be given.</param>
    /// <param name="IsMended">It had no bound before.</param>
    private readonly record struct KeyShare(string Name, LimitModel Limit, bool IsMended);
}
