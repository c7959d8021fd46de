namespace ServerlessRouter.Alerts.Delivery;

/// <summary>
/// What waits for one receiver, in the groups it is delivered in. A vendor that fails opens the breakers of many deployments and makes routes fail and wait: what came in the time of a group is one
/// message. A group that was begun stays as it was, so that it has the same id and the same content however often it is tried; those of one alert are delivered in their order.
/// </summary>
/// <param name="messages">Everything that waits for the receiver.</param>
/// <param name="isTogether">What comes soon behind another is told with it.</param>
/// <param name="waitsForNoMore">The time of the groups is over.</param>
internal sealed class AlertMessageGroups(IEnumerable<AlertMessageRow> messages, bool isTogether, bool waitsForNoMore)
{
    /// <summary>As many as fit into one transaction, and into a message that a person reads.</summary>
    public const int MaxInGroup = 50;

    private readonly List<AlertMessageRow> _left = [.. messages.OrderBy(static message => message.Told.ReportedAt)];

    /// <summary>Alerts of which an earlier message is not delivered yet.</summary>
    private readonly HashSet<string> _late = new(StringComparer.Ordinal);

    /// <summary>The same for every delivery of it. A single message is named as for every other receiver.</summary>
    public static string NameOf(AlertMessageRow[] group) => group[0].Group.Length > 0 ? group[0].Group : group.Length == 1 ? group[0].Id : $"{group[0].Id}_{group[0].Webhook}";

    /// <summary>The next group that may be tried now; null where there is none.</summary>
    public AlertMessageRow[]? Next(DateTimeOffset now)
    {
        while (_left.Count > 0)
        {
            var group = Take(_left[0], now);
            if (group.All(message => !_late.Contains(message.Line)) && IsDue(group, now))
                return group;
            LeaveToOthers(group);
        }

        return null;
    }

    /// <summary>Another instance has it, or it has to wait: nothing later of its alerts may come before it.</summary>
    public void LeaveToOthers(AlertMessageRow[] group)
    {
        foreach (var message in group)
            _late.Add(message.Line);
    }

    private bool IsDue(AlertMessageRow[] group, DateTimeOffset now) =>
        group[0].Group.Length > 0 || group[0].IsLeased(now) || group[0].Tries > 0 ? group[0].IsDue(now) : waitsForNoMore || group.Any(message => message.IsDue(now));

    private AlertMessageRow[] Take(AlertMessageRow first, DateTimeOffset now)
    {
        AlertMessageRow[] group = first switch
        {
            { Group.Length: > 0 } => [.. _left.Where(message => message.Group == first.Group)],
            // One without a group that was tried, or is being tried, was written before there were groups.
            _ when !isTogether || IsBegun(first, now) => [first],
            _ => [.. _left.Where(message => message.Group.Length == 0 && !IsBegun(message, now) && !_late.Contains(message.Line)).DefaultIfEmpty(first).Take(MaxInGroup)],
        };
        _left.RemoveAll(group.Contains);
        return group;
    }

    private static bool IsBegun(AlertMessageRow message, DateTimeOffset now) => message.Tries > 0 || message.IsLeased(now);
}
