using System.Globalization;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Keys;

/// <summary>Holds admins to what their keys may come to: a key never allows more than the admin who issues it.</summary>
internal sealed class AdminBounds(IssuedKeys keys, RouterModelSource models)
{
    /// <summary>What of a key goes beyond its admin's tiers or, with its other keys, beyond its budget; null where nothing does.</summary>
    /// <param name="admin">Who issues or changes it.</param>
    /// <param name="caller">What it would allow; null where its tier is not configured.</param>
    /// <param name="exceptName">The key itself, where it is there already.</param>
    /// <param name="cancellationToken">The caller's cancellation.</param>
    public async ValueTask<RouterError?> FindExcessAsync(AdminModel admin, CallerModel? caller, string? exceptName, CancellationToken cancellationToken)
    {
        if (admin is { Tiers: null, Budget: null })
            return null;
        if (caller is null)
            return Denied($"The tier of this key is no longer in the router's configuration, so it cannot be told whether the admin key '{admin.Name}' may issue it. Give the key another tier first.", "tier");
        if (admin.Tiers is { } tiers && !tiers.Contains(caller.Tier.Name))
            return Denied($"The admin key '{admin.Name}' may issue keys of {(tiers.Count == 1 ? "the tier" : "the tiers")} {string.Join(", ", tiers.Order(StringComparer.Ordinal))} only, not of '{caller.Tier.Name}'.", "tier");
        return admin.Budget is { } budget ? await FindExcessAsync(admin, budget, caller, exceptName, cancellationToken).ConfigureAwait(false) : null;
    }

    private async ValueTask<RouterError?> FindExcessAsync(AdminModel admin, AdminBudget budget, CallerModel caller, string? exceptName, CancellationToken cancellationToken)
    {
        if (MoneyOf(caller, budget) is not { } asked)
            return Denied($"The admin key '{admin.Name}' may spend {Usd(budget.Micros)} USD per {budget.Per} through its keys, so each needs a budget per {budget.Per}.", "budget");
        Int128 sum = asked;
        await foreach (var other in keys.Rows.ListAsync(after: null, cancellationToken).ConfigureAwait(false))
        {
            if (other.CreatedBy == admin.Name && other.Name != exceptName && models.Current.KeyTerms?.Find(other.Name, other.Terms.Span) is { } holder)
                sum += MoneyOf(holder, budget) ?? 0;
        }

        return sum <= budget.Micros
            ? null
            : Denied($"The keys of the admin key '{admin.Name}' would have budgets of {Usd(sum)} USD per {budget.Per} together, and it may give {Usd(budget.Micros)}.", "budget");
    }

    private static long? MoneyOf(CallerModel caller, AdminBudget budget) =>
        caller.Limits.FirstOrDefault(limit => limit.Measure == LimitMeasure.Money && limit.Window == budget.Window)?.Amount;

    private static string Usd(Int128 micros) => ((decimal)micros / 1_000_000m).ToString("0.######", CultureInfo.InvariantCulture);

    private static RouterError Denied(string message, string param) => new(RouterErrorCode.PermissionDenied, message) { Param = param };
}
