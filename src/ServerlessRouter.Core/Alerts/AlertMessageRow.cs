using ServerlessRouter.State;

namespace ServerlessRouter.Alerts;

/// <summary>What is to be told to one receiver of one alert, as it was when it was written; the instance that holds the lease delivers it.</summary>
/// <param name="Told">The alert as it is told.</param>
/// <param name="Event">What happened to it.</param>
/// <param name="Webhook">The receiver's <see cref="Configuration.AlertWebhook.Id"/>.</param>
internal sealed record AlertMessageRow(AlertRow Told, AlertEvent Event, string Webhook)
{
    /// <summary>The message that its receiver gets it in, the same for all that are told together; empty until a delivery is begun.</summary>
    public string Group { get; init; } = "";

    /// <summary>Deliveries that were begun and failed.</summary>
    public int Tries { get; init; }

    /// <summary>When it may be tried.</summary>
    public DateTimeOffset NotBefore { get; init; }

    /// <summary>Who delivers it; empty for no instance.</summary>
    public string LeaseOwner { get; init; } = "";

    public DateTimeOffset LeaseUntil { get; init; }

    /// <summary>Null for a row that is not written yet.</summary>
    public string? ETag { get; init; }

    public string RowKey => AlertTables.MessageKey(Told.Alert.Id, Webhook, Told.Reports);

    /// <summary>The same for every delivery and every receiver, so that a receiver knows a message it has had.</summary>
    public string Id => $"evt_{Told.Alert.Id}_{Told.Reports}";

    /// <summary>What it is told of, before or after, is told in this order.</summary>
    public string Line => $"{Told.Alert.Id}.{Webhook}";

    /// <summary>An instance is at it.</summary>
    public bool IsLeased(DateTimeOffset now) => LeaseOwner.Length > 0 && LeaseUntil > now;

    /// <summary>It may be tried, and no instance is at it.</summary>
    public bool IsDue(DateTimeOffset now) => NotBefore <= now && LeaseUntil <= now;

    public static AlertMessageRow Read(TableEntity entity) => new(AlertRow.Read(entity), Enum.Parse<AlertEvent>(entity[nameof(Event)].AsString()), entity[nameof(Webhook)].AsString())
    {
        Group = entity.Find(nameof(Group))?.AsString() ?? "",
        Tries = entity[nameof(Tries)].AsInt32(),
        NotBefore = entity[nameof(NotBefore)].AsDateTime(),
        LeaseOwner = entity[nameof(LeaseOwner)].AsString(),
        LeaseUntil = entity[nameof(LeaseUntil)].AsDateTime(),
        ETag = entity.ETag,
    };

    /// <summary>Inserts a new row; replaces one that was read, if it has not been written since.</summary>
    public TableOperation ToWrite()
    {
        var entity = Told.ToEntity(AlertTables.Now, RowKey).With(
        [
            new(nameof(Event), Event.ToString()),
            new(nameof(Webhook), Webhook),
            new(nameof(Group), Group),
            new(nameof(Tries), Tries),
            new(nameof(NotBefore), NotBefore),
            new(nameof(LeaseOwner), LeaseOwner),
            new(nameof(LeaseUntil), LeaseUntil == default ? NotBefore : LeaseUntil),
        ]);
        return ETag is null ? TableOperation.Insert(entity) : TableOperation.UpdateReplace(entity, ETag);
    }

    public TableOperation ToDelete() => TableOperation.Delete(AlertTables.Now, RowKey, ETag!);
}
