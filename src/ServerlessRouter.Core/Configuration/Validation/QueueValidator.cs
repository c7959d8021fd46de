using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>Checks that the queue may act as keys and tiers that are there.</summary>
internal sealed class QueueValidator : IConfigValidator
{
    public void Validate(ValidationContext context)
    {
        if (context.Config.Queue is not { } queue)
            return;
        Validate(context, "queue.keys", "key", queue.Keys, [.. context.Config.Keys.Names()]);
        Validate(context, "queue.tiers", "tier", queue.Tiers, [.. context.Config.Tiers.Names().Append(TierModel.DefaultName).Distinct()]);
    }

    private static void Validate(ValidationContext context, string path, string kind, IReadOnlyList<string?>? written, List<string> known)
    {
        foreach (var (place, name) in written.Entries())
        {
            if (!known.Contains(name))
                context.Findings.Error(ConfigPath.Item(path, place), UnknownNames.Reference(kind, name, known));
        }
    }
}
