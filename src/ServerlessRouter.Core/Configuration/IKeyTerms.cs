using System.Collections.Immutable;
using System.Text.Json;

namespace ServerlessRouter.Configuration;

/// <summary>Reads what the holder of an issued key may do, as it is written and kept, on one configuration.</summary>
public interface IKeyTerms
{
    /// <summary>What is wrong with a name for an issued key; null where nothing is.</summary>
    string? FindNameFault(string name);

    /// <summary>What is wrong with terms as an admin wrote them; none: they can be kept as <paramref name="kept"/>.</summary>
    /// <param name="written">An object.</param>
    /// <param name="ownMembers">What may stand beside the terms and was taken from there, to be named where a member is not known.</param>
    /// <param name="kept">As they are kept; empty where something is wrong.</param>
    ImmutableArray<ConfigurationProblem> Check(JsonElement written, IReadOnlyList<string> ownMembers, out byte[] kept);

    /// <summary>The caller that kept terms make; null where they name a tier that this configuration does not have.</summary>
    CallerModel? Find(string name, ReadOnlySpan<byte> kept);

    /// <summary>The budgets of kept terms; what happens at them is as their tier says, and nothing where that is configured no more.</summary>
    ImmutableArray<LimitModel> FindBudgets(ReadOnlySpan<byte> kept);
}
