using ServerlessRouter.Configuration;
using ServerlessRouter.Governance;
using ServerlessRouter.State;

namespace ServerlessRouter.Keys;

/// <summary>Knows what keys have spent in a window of a budget that was taken from them, so that an admin cannot let a key spend, delete or lower it, and give the same money again.</summary>
internal sealed class PastBudgets(IssuedKeys keys, RouterModelSource models, Func<LimitSubject, LimitModel, CancellationToken, ValueTask<LimitStanding>> read, TimeProvider time)
{
    /// <summary>Budgets that one admin may take from its keys in one window; beyond it no key is issued until the window ends.</summary>
    public const int MaxOfAdmin = 5000;

    private const int ReadsAtOnce = 16;

    /// <summary>What to write with a change of a key, so that what it spent is not forgotten; with it goes what is of no use any more.</summary>
    public async ValueTask<IReadOnlyList<TableOperation>> LeftBehindAsync(IssuedKey before, IssuedKey? after, CancellationToken cancellationToken)
    {
        // The owner's keys are bounded by no sum.
        if (before.CreatedBy == AdminModel.OwnerName || models.Current.KeyTerms is not { } terms)
            return [];
        var left = after is null ? [] : terms.FindBudgets(after.Terms.Span);
        var operations = new List<TableOperation>();
        foreach (var budget in terms.FindBudgets(before.Terms.Span))
        {
            if (left.Any(other => other.Window == budget.Window && other.Ceiling >= budget.Ceiling))
                continue;
            var standing = await ReadAsync(before.Name, budget, cancellationToken).ConfigureAwait(false);
            if (standing.ResetsAt is { } ends)
                operations.Add(PastBudgetRows.Keep(new PastBudget(before.CreatedBy, before.Name, budget, ends)));
        }

        return operations.Count == 0 ? operations : [.. operations, .. await keys.Past.ForgetAsync(time.GetUtcNow(), cancellationToken).ConfigureAwait(false)];
    }

    /// <summary>What was spent, or may have been while it is not settled, under budgets that keys of an admin had in the window of this limit: by the key's name. Null where there are too many to tell.</summary>
    public async ValueTask<IReadOnlyDictionary<string, long>?> FindAsync(string admin, LimitWindow window, CancellationToken cancellationToken)
    {
        // Every window of a kind ends at the same time, whatever it counts.
        var ends = (await ReadAsync(admin, new LimitModel("", LimitMeasure.Money, 1, window), cancellationToken).ConfigureAwait(false)).ResetsAt;
        var spent = new Dictionary<string, long>(StringComparer.Ordinal);
        if (ends is not { } end)
            return spent;
        var past = await keys.Past.ListAsync(admin, window, end, MaxOfAdmin + 1, cancellationToken).ConfigureAwait(false);
        if (past.Count > MaxOfAdmin)
            return null;
        foreach (var some in past.Chunk(ReadsAtOnce))
        {
            var standings = await Task.WhenAll(some.Select(each => ReadAsync(each.Key, new LimitModel(each.Limit, LimitMeasure.Money, 1, window), cancellationToken).AsTask())).ConfigureAwait(false);
            for (var place = 0; place < some.Length; place++)
                spent[some[place].Key] = standings[place].Used + standings[place].Pending;
        }

        return spent;
    }

    private ValueTask<LimitStanding> ReadAsync(string key, LimitModel budget, CancellationToken cancellationToken) => read(new LimitSubject(SubjectKind.Key, key), budget, cancellationToken);
}
