using System.Collections.Immutable;
using System.Text.Json;
using ServerlessRouter.Configuration.Validation;
using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Loading;

/// <inheritdoc cref="IKeyTerms"/>
internal sealed class KeyTerms(CallerBuilder callers, IReadOnlyList<ProviderKind> kinds, IReadOnlyList<TierModel> tiers, IReadOnlyList<string> targets) : IKeyTerms
{
    /// <summary>Escaped, it fits into a row's key of the table service.</summary>
    private const int MaxNameLength = 100;

    public string? FindNameFault(string name) =>
        name.StartsWith(EntraModel.NamePrefix, StringComparison.Ordinal) ? EntraModel.ReservedName : NameValidator.Complaint(name, MaxNameLength);

    public ImmutableArray<ConfigurationProblem> Check(JsonElement written, IReadOnlyList<string> ownMembers, out byte[] kept)
    {
        var findings = new Findings();
        var terms = new ShapeReader(findings, new NameTables(kinds)) { OwnMembers = ownMembers }.ReadKeyTerms(written);
        KeyTermsValidator.Validate(terms, "", new KeySurroundings([.. tiers.Select(static tier => tier.Name)], targets, name => tiers.FirstOrDefault(tier => tier.Name == name)?.Allowed), findings);
        kept = findings.HasErrors ? [] : JsonSerializer.SerializeToUtf8Bytes(terms, KeyTermsContext.Default.KeyTermsConfig);
        return findings.Errors;
    }

    public CallerModel? Find(string name, ReadOnlySpan<byte> kept) => callers.Find(name, Read(kept));

    public ImmutableArray<LimitModel> FindBudgets(ReadOnlySpan<byte> kept)
    {
        var written = Read(kept);
        return LimitBuilder.BudgetsOfKey(written, callers.FindTier(written)?.AtLimit ?? AtLimitModel.Refuse);
    }

    private static KeyTermsConfig Read(ReadOnlySpan<byte> kept) => JsonSerializer.Deserialize(kept, KeyTermsContext.Default.KeyTermsConfig)!;
}
