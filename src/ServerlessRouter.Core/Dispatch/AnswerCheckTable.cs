using System.Collections.Immutable;
using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Dispatch;

/// <summary>Finds the checks of a cascade by their names in configuration, once for each configuration.</summary>
internal sealed class AnswerCheckTable(ImmutableArray<IAnswerCheck> all)
{
    private readonly ConfigurationTable<CascadeModel, IAnswerCheck[]> _checks = new();

    /// <summary>The cascade's checks in the order in which they are made; the judge, if there is one, is the last.</summary>
    public IReadOnlyList<IAnswerCheck> Of(CascadeModel cascade) => _checks.Of(cascade, this, static (cascade, table) => table.Resolve(cascade));

    /// <summary>Drops the checks of cascades that this configuration does not have.</summary>
    public void Follow(RouterModel router) => _checks.KeepOnly(router.Targets.Values.Select(static route => route.Cascade).OfType<CascadeModel>());

    private IAnswerCheck[] Resolve(CascadeModel cascade) =>
        [.. cascade.Checks.Select(Get), .. cascade.Judge is null ? [] : new[] { Get(AnswerCheckNames.Judge) }];

    private IAnswerCheck Get(string name) => all.FirstOrDefault(check => check.Name == name)
        ?? throw new InvalidOperationException($"there is no answer check '{name}', which configuration should have refused");
}
