using ServerlessRouter.State;

namespace ServerlessRouter.Health.Shared;

/// <summary>The row of one deployment whose breaker is not closed, with the lease of its probe; a healthy deployment has none.</summary>
internal sealed record HealthRow(string DeploymentId)
{
    public const string Table = "health";
    public const string Partition = "deployments";

    public required BreakerCause Cause { get; init; }

    public required DateTimeOffset OpenedAt { get; init; }

    public required DateTimeOffset OpenUntil { get; init; }

    public required int Openings { get; init; }

    /// <summary>Who may probe; empty when no instance has asked yet.</summary>
    public string LeaseOwner { get; init; } = "";

    public DateTimeOffset LeaseUntil { get; init; }

    /// <summary>Null for a row that is not written yet.</summary>
    public string? ETag { get; init; }

    public string RowKey => TableKey.Encode(DeploymentId);

    /// <summary>The lease is this instance's.</summary>
    public bool IsLeasedBy(string instanceId, DateTimeOffset utcNow) => LeaseOwner == instanceId && LeaseUntil > utcNow;

    public static HealthRow Read(TableEntity entity) => new(TableKey.Decode(entity.RowKey))
    {
        Cause = Enum.TryParse<BreakerCause>(entity[nameof(Cause)].AsString(), out var cause) ? cause : BreakerCause.Outage,
        OpenedAt = entity[nameof(OpenedAt)].AsDateTime(),
        OpenUntil = entity[nameof(OpenUntil)].AsDateTime(),
        Openings = entity[nameof(Openings)].AsInt32(),
        LeaseOwner = entity[nameof(LeaseOwner)].AsString(),
        LeaseUntil = entity[nameof(LeaseUntil)].AsDateTime(),
        ETag = entity.ETag,
    };

    /// <summary>Inserts a new row; replaces one that was read, if it has not been written since.</summary>
    public TableOperation ToWrite()
    {
        var entity = new TableEntity(Partition, RowKey)
        {
            [nameof(Cause)] = Cause.ToString(),
            [nameof(OpenedAt)] = OpenedAt,
            [nameof(OpenUntil)] = OpenUntil,
            [nameof(Openings)] = Openings,
            [nameof(LeaseOwner)] = LeaseOwner,
            [nameof(LeaseUntil)] = LeaseUntil == default ? OpenUntil : LeaseUntil,
        };
        return ETag is null ? TableOperation.Insert(entity) : TableOperation.UpdateReplace(entity, ETag);
    }

    public TableOperation ToDelete() => TableOperation.Delete(Partition, RowKey, ETag!);
}
