using ServerlessRouter.State;

namespace ServerlessRouter.Health.Shared;

/// <summary>Writes transitions and leases by compare-and-swap, so that of two instances that write at once the second sees what the first wrote.</summary>
internal sealed class HealthPublisher(ITableStore store, SharedHealthOptions options, TimeProvider time)
{
    private const int MaxConflicts = 8;

    /// <summary>Publishes a transition. Answers with the row as it stands afterwards, null when there is none; not published when others wrote every time.</summary>
    public async ValueTask<(bool IsPublished, HealthRow? Row)> PublishAsync(
        string deploymentId, HealthNews news, int openings, HealthRow? row, CancellationToken cancellationToken)
    {
        for (var conflict = 0; conflict < MaxConflicts; conflict++)
        {
            var (isOver, after) = news.OpenedBecause is { } cause
                ? await TryOpenAsync(deploymentId, cause, news, openings, row, cancellationToken).ConfigureAwait(false)
                : await TryCloseAsync(news, row, cancellationToken).ConfigureAwait(false);
            if (isOver)
                return (true, after);
            row = await ReadAsync(deploymentId, cancellationToken).ConfigureAwait(false);
        }

        return (false, row);
    }

    /// <summary>Takes or renews the lease of a half-open deployment's probe; false when another instance wrote the row meanwhile.</summary>
    public async ValueTask<bool> LeaseAsync(HealthRow row, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var leased = row with { LeaseOwner = options.InstanceId, LeaseUntil = until };
        return (await store.WriteAsync(HealthRow.Table, leased.ToWrite(), cancellationToken).ConfigureAwait(false)).IsDone;
    }

    private async ValueTask<(bool IsOver, HealthRow? After)> TryOpenAsync(
        string deploymentId, BreakerCause cause, HealthNews news, int openings, HealthRow? row, CancellationToken cancellationToken)
    {
        // Instances that see the same outage open within moments of each other: the first one's word holds for all.
        if (row is not null && row.OpenUntil > time.GetUtcNow() && news.OpenUntil <= row.OpenUntil + options.RefreshInterval)
            return (true, row);

        var opened = new HealthRow(deploymentId)
        {
            Cause = cause,
            OpenedAt = news.At,
            OpenUntil = news.OpenUntil,
            Openings = Math.Max(openings, row?.Openings ?? 0),
            ETag = row?.ETag,
        };
        var written = await store.WriteAsync(HealthRow.Table, opened.ToWrite(), cancellationToken).ConfigureAwait(false);
        return (written.IsDone, opened with { ETag = written.ETag });
    }

    private async ValueTask<(bool IsOver, HealthRow? After)> TryCloseAsync(HealthNews news, HealthRow? row, CancellationToken cancellationToken)
    {
        if (row is null)
            return (true, null);
        // It opened again after the call that closed it here.
        if (row.OpenedAt > news.At)
            return (true, row);
        var written = await store.WriteAsync(HealthRow.Table, row.ToDelete(), cancellationToken).ConfigureAwait(false);
        return (written.IsDone, null);
    }

    private async ValueTask<HealthRow?> ReadAsync(string deploymentId, CancellationToken cancellationToken) =>
        await store.GetAsync(HealthRow.Table, HealthRow.Partition, TableKey.Encode(deploymentId), cancellationToken).ConfigureAwait(false) is { } entity
            ? HealthRow.Read(entity)
            : null;
}

/// <summary>A transition of this instance that the others have yet to hear of.</summary>
/// <param name="OpenedBecause">Null when the breaker closed.</param>
/// <param name="OpenUntil">UTC.</param>
/// <param name="At">UTC, when it happened.</param>
internal sealed record HealthNews(BreakerCause? OpenedBecause, DateTimeOffset OpenUntil, DateTimeOffset At);
