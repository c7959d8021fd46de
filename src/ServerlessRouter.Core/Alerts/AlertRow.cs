using ServerlessRouter.Configuration;
using ServerlessRouter.State;

namespace ServerlessRouter.Alerts;

/// <summary>An alert as it stands in the store, with what its receivers were last told.</summary>
/// <param name="Alert">The alert.</param>
/// <param name="Level">How bad, in the steps of its type.</param>
internal sealed record AlertRow(Alert Alert, int Level)
{
    private const string Id = "AlertId";
    private const string AcknowledgedBy = "AcknowledgedBy";
    private const string AcknowledgedAt = "AcknowledgedAt";

    /// <summary>When it ends by itself; null where its end is told.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>The level receivers know of; 0 where they were told that it has ended.</summary>
    public int ReportedLevel { get; init; }

    /// <summary>When receivers were last told something.</summary>
    public DateTimeOffset ReportedAt { get; init; }

    /// <summary>How often receivers were told something.</summary>
    public int Reports { get; init; }

    /// <summary>When its figures were written.</summary>
    public DateTimeOffset RefreshedAt { get; init; }

    /// <summary>Null for a row that is not written yet.</summary>
    public string? ETag { get; init; }

    public string RowKey => AlertTables.AlertKey(Alert.Type, Alert.Subject);

    public bool IsOpen => Alert.Resolved is null;

    /// <summary>It has ended, and comes back as another one.</summary>
    public bool IsPast(DateTimeOffset now, TimeSpan quiet) => Alert.Resolved is { } resolved && now - resolved >= quiet;

    public static AlertRow Read(TableEntity entity)
    {
        var alert = new Alert(entity[Id].AsString(), AlertTypes.Parse(entity[nameof(Alert.Type)].AsString()), entity[nameof(Alert.Subject)].AsString())
        {
            Severity = AlertSeverities.Parse(entity[nameof(Alert.Severity)].AsString()),
            Figures = AlertFigures.Read(entity[nameof(Alert.Figures)].AsString()),
            Cause = entity[nameof(Alert.Cause)].AsString(),
            Since = entity[nameof(Alert.Since)].AsDateTime(),
            Resolved = entity.Find(nameof(Alert.Resolved))?.AsDateTime(),
            Acknowledged = entity.Find(AcknowledgedBy) is { } by ? new AlertAcknowledgement(by.AsString(), entity[AcknowledgedAt].AsDateTime()) : null,
        };
        return new AlertRow(alert, entity[nameof(Level)].AsInt32())
        {
            Until = entity.Find(nameof(Until))?.AsDateTime(),
            ReportedLevel = entity[nameof(ReportedLevel)].AsInt32(),
            ReportedAt = entity[nameof(ReportedAt)].AsDateTime(),
            Reports = entity[nameof(Reports)].AsInt32(),
            RefreshedAt = entity[nameof(RefreshedAt)].AsDateTime(),
            ETag = entity.ETag,
        };
    }

    /// <summary>Inserts a new row; replaces one that was read, if it has not been written since.</summary>
    public TableOperation ToWrite() => ETag is null ? TableOperation.Insert(ToEntity(AlertTables.Now, RowKey)) : TableOperation.UpdateReplace(ToEntity(AlertTables.Now, RowKey), ETag);

    /// <summary>Puts it among the past ones.</summary>
    public TableOperation ToPast() => TableOperation.UpsertReplace(ToEntity(AlertTables.Past, Alert.Id));

    public TableOperation ToDelete() => TableOperation.Delete(AlertTables.Now, RowKey, ETag!);

    public TableEntity ToEntity(string partition, string rowKey)
    {
        var entity = new TableEntity(partition, rowKey)
        {
            [Id] = Alert.Id,
            [nameof(Alert.Type)] = AlertTypes.NameOf(Alert.Type),
            [nameof(Alert.Subject)] = Alert.Subject,
            [nameof(Alert.Severity)] = AlertSeverities.NameOf(Alert.Severity),
            [nameof(Alert.Figures)] = AlertFigures.Write(Alert.Figures),
            [nameof(Alert.Cause)] = Alert.Cause,
            [nameof(Alert.Since)] = Alert.Since,
            [nameof(Level)] = Level,
            [nameof(ReportedLevel)] = ReportedLevel,
            [nameof(ReportedAt)] = ReportedAt,
            [nameof(Reports)] = Reports,
            [nameof(RefreshedAt)] = RefreshedAt,
        };
        return entity.With(Optional());
    }

    private IEnumerable<KeyValuePair<string, TableValue>> Optional()
    {
        if (Until is { } until)
            yield return new(nameof(Until), until);
        if (Alert.Resolved is { } resolved)
            yield return new(nameof(Alert.Resolved), resolved);
        if (Alert.Acknowledged is { } acknowledged)
        {
            yield return new(AcknowledgedBy, acknowledged.By);
            yield return new(AcknowledgedAt, acknowledged.At);
        }
    }
}
