using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using ServerlessRouter.State;

namespace ServerlessRouter.Audit;

/// <summary>
/// Keeps who changed what and when. Lines are added and never changed; each is written before the change it tells of, so that none is missing: where it cannot be written, the change does not take place. Every member throws
/// <see cref="TableStoreUnavailableException"/> while the storage is down.
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

    /// <summary>Adds a line.</summary>
    /// <param name="act">Who, and why.</param>
    /// <param name="action">What is done, such as <c>key.create</c>.</param>
    /// <param name="subject">To what.</param>
    /// <param name="before">As it was, as JSON without secrets; null where it was not there.</param>
    /// <param name="after">As it is to be; null where it is to be no more.</param>
    /// <param name="cancellationToken">The caller's cancellation.</param>
    public async ValueTask WriteAsync(AdminAct act, string action, string subject, string? before, string? after, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var row = new TableEntity(Partition, RowOf(now) + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SuffixBytes)))
        {
            [At] = now, [Who] = act.Admin.Name, [Action] = action, [Subject] = subject, [RequestId] = act.RequestId,
        };
        foreach (var (name, value) in new[] { (Before, before), (After, after), (Reason, act.Reason) })
        {
            if (value is not null)
                row = row.With(name, value);
        }

        await store.WriteAsync(Table, TableOperation.Insert(row), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The lines, the newest first, behind the one called <paramref name="after"/>.</summary>
    public async IAsyncEnumerable<AuditEntry> ReadAsync(string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var range = after is null ? TableKeyRange.All : TableKeyRange.StartingAt(after + ' ');
        await foreach (var row in store.QueryAsync(Table, TableQuery.InPartition(Partition, range), cancellationToken).ConfigureAwait(false))
        {
            yield return new AuditEntry(row.RowKey, row[At].AsDateTime(), row[Who].AsString(), row[Action].AsString(), row[Subject].AsString())
            {
                Before = row.Find(Before)?.AsString(), After = row.Find(After)?.AsString(), Reason = row.Find(Reason)?.AsString(), RequestId = row[RequestId].AsString(),
            };
        }
    }

    /// <summary>Later ones come first in the order of keys.</summary>
    private static string RowOf(DateTimeOffset at) => (DateTimeOffset.MaxValue.UtcTicks - at.UtcTicks).ToString("D19", CultureInfo.InvariantCulture);
}

/// <summary>A line of the audit log.</summary>
/// <param name="Id">Names it.</param>
/// <param name="At">When.</param>
/// <param name="Who">The admin.</param>
/// <param name="Action">What was done.</param>
/// <param name="Subject">To what.</param>
public sealed record AuditEntry(string Id, DateTimeOffset At, string Who, string Action, string Subject)
{
    /// <summary>As it was, as JSON.</summary>
    public string? Before { get; init; }

    /// <summary>As it was to be, as JSON.</summary>
    public string? After { get; init; }

    /// <summary>Why, where the admin said so.</summary>
    public string? Reason { get; init; }

    /// <summary>The request it came with.</summary>
    public required string RequestId { get; init; }
}
