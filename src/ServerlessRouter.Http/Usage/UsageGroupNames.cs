using ServerlessRouter.Errors;
using ServerlessRouter.Recording.Usage;

namespace ServerlessRouter.Http.Usage;

/// <summary>Reads <c>group_by</c>: at most one span, and any dimensions.</summary>
internal static class UsageGroupNames
{
    /// <summary>Begins the name of a dimension that is a tag.</summary>
    public const string Tag = "tag:";

    /// <summary>More than there are names, tags included, that make sense together.</summary>
    private const int MaxNames = 16;

    public static RouterError? Read(string? written, out UsageBucket bucket, out UsageGroups groups, out List<string> tags)
    {
        (bucket, groups, tags) = (UsageBucket.Day, UsageGroups.None, []);
        var names = written?.Split(',', StringSplitOptions.TrimEntries) ?? [];
        if (names.Length > MaxNames)
            return RouterError.InvalidRequest($"'group_by' may have {MaxNames} names.", "group_by");
        var spans = 0;
        foreach (var name in names)
        {
            if (SpanOf(name) is { } span)
                (bucket, spans) = (span, spans + 1);
            else if (GroupOf(name) is { } group)
                groups |= group;
            else if (name.Length > Tag.Length && name.StartsWith(Tag, StringComparison.Ordinal) && !tags.Contains(name[Tag.Length..]))
                tags.Add(name[Tag.Length..]);
            else
                return RouterError.InvalidRequest("'group_by' must be names out of minute, hour, day, window, key, tier, route, model, model_asked, deployment, provider, task, tag:NAME, arm, status, each once, with commas between them.", "group_by");
        }

        tags.Sort(StringComparer.Ordinal);
        groups |= tags.Count > 0 ? UsageGroups.Tags : UsageGroups.None;
        return spans > 1 ? RouterError.InvalidRequest("'group_by' may name one of minute, hour, day and window, not several.", "group_by") : null;
    }

    private static UsageBucket? SpanOf(string name) => name switch
    {
        "minute" => UsageBucket.Minute,
        "hour" => UsageBucket.Hour,
        "day" => UsageBucket.Day,
        "window" => UsageBucket.Window,
        _ => null,
    };

    private static UsageGroups? GroupOf(string name) => name switch
    {
        "key" => UsageGroups.Key,
        "tier" => UsageGroups.Tier,
        "route" => UsageGroups.Route,
        "model" => UsageGroups.Model,
        "model_asked" => UsageGroups.ModelAsked,
        "deployment" => UsageGroups.Deployment,
        "provider" => UsageGroups.Provider,
        "task" => UsageGroups.Task,
        "arm" => UsageGroups.Arm,
        "status" => UsageGroups.Status,
        _ => null,
    };
}
