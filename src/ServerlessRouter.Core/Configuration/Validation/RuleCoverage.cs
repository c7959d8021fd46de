using System.Collections.Immutable;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>Says whether a rule leaves anything to a later one.</summary>
internal static class RuleCoverage
{
    /// <summary>Whether every request the later rule matches is matched by the earlier one already.</summary>
    public static bool Covers(ImmutableArray<ConditionModel> earlier, ImmutableArray<ConditionModel> later) =>
        earlier.All(wide => later.Any(narrow => Implies(narrow, wide)));

    private static bool Implies(ConditionModel narrow, ConditionModel wide)
    {
        if (narrow.Policy != wide.Policy || !string.Equals(narrow.Key, wide.Key, KeyComparison(wide.Policy)))
            return false;
        if (wide.Values.IsEmpty != narrow.Values.IsEmpty)
            return false;
        return wide.Values.IsEmpty
            ? (wide.Minimum ?? double.NegativeInfinity) <= (narrow.Minimum ?? double.NegativeInfinity)
                && (wide.Maximum ?? double.PositiveInfinity) >= (narrow.Maximum ?? double.PositiveInfinity)
            : narrow.Values.All(value => wide.Values.Contains(value));
    }

    private static StringComparison KeyComparison(string policy) =>
        policy == ConditionNames.Headers ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
}
