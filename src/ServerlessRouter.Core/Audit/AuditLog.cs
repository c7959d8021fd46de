using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using ServerlessRouter.State;

namespace ServerlessRouter.Audit;

/// <summary>
/// Keeps who changed what and when. A line is written before the change it tells of, so that none is missing: where it cannot be written, the change does not take place. Once that is decided, its outcome is
/// filled in; nothing else of a line ever changes. Members that read and begin throw <see cref="TableStoreUnavailableException"/> while the storage is down.
/// </summary>
public sealed class AuditLog(ITableStore store, TimeProvider time)
{
    private const string Table = "audit";
    private const string Partition = "audit";
    private const int SuffixBytes = 4;

    private const string Who = "Who";
    private const string Action = "Action";
    private const string Subject = "Subject";
    private const string Before = "Before";
    private const string After = "After";
    private const string Reason = "Reason";
    private const string RequestId = "RequestId";
    private const string At = "At";
    private const string Outcome = "Outcome";

    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Adds a line about what is about to happen.</summary>
    /// <param name="act">Who, and why.</param>
    /// <param name="action">What is done, such as <c>key.create</c>.</param>
    /// <param name="subject">To what.</param>
    /// <param name="before">As it was, as JSON without secrets; null where it was not there.</param>
    /// <param name="after">As it is to be; null where it is to be no more.</param>
    /// <param name="cancellationToken">The caller's cancellation.</param>
    /// <returns>The line, whose outcome <see cref="EndAsync"/> fills in.</returns>
    public async ValueTask<AuditLine> BeginAsync(AdminAct act, string action, string subject, string? before, string? after, CancellationToken cancellationToken)
    {
        var row = With(Row(act.Admin.Name, action, subject, act.RequestId), (Before, before), (After, after), (Reason, act.Reason));
        await store.WriteAsync(Table, TableOperation.Insert(row), cancellationToken).ConfigureAwait(false);
        return new AuditLine(row.RowKey);
    }

    /// <summary>Adds a line about what a caller has done to what is its own.</summary>
    public async ValueTask WriteAsync(string who, string action, string subject, string requestId, CancellationToken cancellationToken) =>
        await store.WriteAsync(Table, TableOperation.Insert(With(Row(who, action, subject, requestId), (Outcome, AuditOutcomes.Done))), cancellationToken).ConfigureAwait(false);

    /// <summary>Fills in what became of it; where that cannot be written now it stays unknown.</summary>
    /// <param name="line">The line.</param>
    /// <param name="isDone">Whether the change took place.</param>
    /// <param name="before">As it was when it did, where that is not what the line began with.</param>
    /// <param name="after">As it is since then.</param>
    public async ValueTask EndAsync(AuditLine line, bool isDone, string? before = null, string? after = null)
    {
        var row = With(new TableEntity(Partition, line.Id) { [Outcome] = isDone ? AuditOutcomes.Done : AuditOutcomes.NotDone }, (Before, before), (After, after));
        try
        {
            // What took place is told of even if its author has left.
            using var bound = new CancellationTokenSource(EndTimeout, time);
            await store.WriteAsync(Table, TableOperation.UpdateMerge(row, TableETag.Any), bound.Token).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is TableStoreUnavailableException or OperationCanceledException)
        {
        }
    }

    /// <summary>Deletes lines that are older than so many days.</summary>
    public async ValueTask EraseAsync(int days, CancellationToken cancellationToken) => await store.DeleteAllAsync(
        Table, TableQuery.InPartition(Partition, TableKeyRange.StartingAt(RowOf(time.GetUtcNow().AddDays(-days)))), cancellationToken).ConfigureAwait(false);

    /// <summary>The lines, the newest first, behind the one called <paramref name="after"/>.</summary>
    public async IAsyncEnumerable<AuditEntry> ReadAsync(string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var range = after is null ? TableKeyRange.All : TableKeyRange.StartingAt(after + ' ');
        await foreach (var row in store.QueryAsync(Table, TableQuery.InPartition(Partition, range), cancellationToken).ConfigureAwait(false))
        {
            yield return new AuditEntry(row.RowKey, row[At].AsDateTime(), row[Who].AsString(), row[Action].AsString(), row[Subject].AsString())
            {
                Before = row.Find(Before)?.AsString(), After = row.Find(After)?.AsString(), Reason = row.Find(Reason)?.AsString(), RequestId = row[RequestId].AsString(),
                Outcome = row.Find(Outcome)?.AsString() ?? AuditOutcomes.Unknown,
            };
        }
    }

    private TableEntity Row(string who, string action, string subject, string requestId)
    {
        var now = time.GetUtcNow();
        return new TableEntity(Partition, RowOf(now) + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SuffixBytes)))
        {
            [At] = now, [Who] = who, [Action] = action, [Subject] = subject, [RequestId] = requestId,
        };
    }

    private static TableEntity With(TableEntity row, params ReadOnlySpan<(string Name, string? Value)> members)
    {
        foreach (var (name, value) in members)
        {
            if (value is not null)
                row = row.With(name, value);
        }

        return row;
    }

    /// <summary>Later ones come first in the order of keys.</summary>
    private static string RowOf(DateTimeOffset at) => (DateTimeOffset.MaxValue.UtcTicks - at.UtcTicks).ToString("D19", CultureInfo.InvariantCulture);
}
