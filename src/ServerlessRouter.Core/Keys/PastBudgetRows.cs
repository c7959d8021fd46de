using System.Globalization;
using ServerlessRouter.Configuration;
using ServerlessRouter.State;

namespace ServerlessRouter.Keys;

/// <summary>How budgets that were taken from keys lie beside the keys, in the order in which their windows end, so that a change and what it leaves behind are one transaction.</summary>
internal sealed class PastBudgetRows(ITableStore store)
{
    /// <summary>Rows whose window is over that one change takes away with it; more than one change adds.</summary>
    private const int MaxForgottenAtOnce = 32;

    private const string Prefix = "past.";
    private const string EndFormat = "yyyyMMddHHmm";

    private const string Admin = "Admin";
    private const string Key = "Key";
    private const string Limit = "Limit";

    /// <summary>Keeps a budget until its window ends.</summary>
    public static TableOperation Keep(PastBudget budget) => TableOperation.UpsertReplace(
        new TableEntity(IssuedKeyRows.Partition, $"{PrefixOf(budget.Ends, budget.Limit.Window, budget.Admin)}{TableKey.Encode(budget.Key)}")
        {
            [Admin] = budget.Admin, [Key] = budget.Key, [Limit] = budget.Limit.Name,
        });

    /// <summary>Takes away some of those whose window is over.</summary>
    public async ValueTask<IReadOnlyList<TableOperation>> ForgetAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var query = TableQuery.InPartition(IssuedKeyRows.Partition, TableKeyRange.Between(Prefix, Prefix + Write(now))) with { PageSize = MaxForgottenAtOnce };
        var page = await store.QueryPageAsync(IssuedKeyRows.Table, query, null, cancellationToken).ConfigureAwait(false);
        return [.. page.Entities.Select(static row => TableOperation.Delete(IssuedKeyRows.Partition, row.RowKey, TableETag.Any))];
    }

    /// <summary>The names of the limits, by key, that keys of an admin had in the window which ends then.</summary>
    public async ValueTask<IReadOnlyList<(string Key, string Limit)>> ListAsync(string admin, LimitWindow window, DateTimeOffset ends, int most, CancellationToken cancellationToken)
    {
        var found = new List<(string, string)>();
        var query = TableQuery.InPartition(IssuedKeyRows.Partition, TableKeyRange.Prefix(PrefixOf(ends, window, admin)));
        await foreach (var row in store.QueryAsync(IssuedKeyRows.Table, query, cancellationToken).ConfigureAwait(false))
        {
            if (found.Count == most)
                break;
            // Another admin's name may begin as this one's does.
            if (row[Admin].AsString() == admin)
                found.Add((row[Key].AsString(), row[Limit].AsString()));
        }

        return found;
    }

    private static string PrefixOf(DateTimeOffset ends, LimitWindow window, string admin) => $"{Prefix}{Write(ends)}.{window}.{TableKey.Encode(admin)}.";

    private static string Write(DateTimeOffset time) => time.UtcDateTime.ToString(EndFormat, CultureInfo.InvariantCulture);
}

/// <summary>A budget that a key had in a window under way, and has no more, or not in full.</summary>
/// <param name="Admin">Who issued the key.</param>
/// <param name="Key">The key's name.</param>
/// <param name="Limit">The budget as it was.</param>
/// <param name="Ends">When its window ends, and with it what was spent.</param>
internal sealed record PastBudget(string Admin, string Key, LimitModel Limit, DateTimeOffset Ends);
