using System.Collections.Frozen;
using ServerlessRouter.Configuration.Catalogue;
using ServerlessRouter.Configuration.Written;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Configuration.Loading;

/// <summary>Joins how parameters are adapted for a deployment: as written for its model, as its vendor demands, and as the catalogue says of the model there.</summary>
internal static class VendorParameters
{
    /// <summary>What is written stands: a parameter that is renamed, capped or given a default there is plainly meant to be sent.</summary>
    public static ParameterAdaptation Of(ParameterAdaptation written, ProviderKind kind, CatalogueModel? known)
    {
        var catalogue = known?.Config.Parameters;
        // A kind with calls of its own leaves out in its translation what it has no counterpart for.
        var (refused, renamed) = kind.Base is null ? ([], FrozenDictionary<string, string>.Empty) : (kind.UnsupportedParameters, kind.RenamedParameters);
        if (refused.Count == 0 && renamed.Count == 0 && known is null)
            return written;
        var renames = new Dictionary<string, string>(renamed, StringComparer.Ordinal);
        foreach (var (from, to) in catalogue?.Rename.Entries() ?? [])
            renames[from] = to;
        foreach (var (from, to) in written.Renames)
            renames[from] = to;
        var meant = written.Renames.Keys.Concat(written.Caps.Keys).Concat(written.Defaults.Select(static entry => entry.Key)).ToHashSet(StringComparer.Ordinal);
        var drops = refused.Concat(catalogue?.Drop.Entries().Select(static entry => entry.Value) ?? []).Where(name => !meant.Contains(name));
        return written with
        {
            // One that is left out needs no other name.
            Renames = renames.Where(rename => !written.Drops.Contains(rename.Key)).ToFrozenDictionary(StringComparer.Ordinal),
            // The translation into another schema knows its levels itself.
            Efforts = kind.Schema == WireSchema.Chat && known?.Reasoning is { Form: ReasoningForms.Effort } reasoning && !meant.Contains("reasoning_effort") ? reasoning.Levels : [],
            Drops = written.Drops.Concat(drops).ToFrozenSet(StringComparer.Ordinal),
        };
    }
}
