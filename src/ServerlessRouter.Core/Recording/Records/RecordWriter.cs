using Microsoft.Extensions.Logging;
using ServerlessRouter.Background;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using ServerlessRouter.State;

namespace ServerlessRouter.Recording.Records;

/// <summary>
/// Makes records of settled requests, where the configuration wants them, and brings them to the store behind the requests. What waits is bounded: while the store is down
/// the oldest wait, later ones are dropped, and both the beginning and the end of that are said once.
/// </summary>
internal sealed partial class RecordWriter : IRequestListener
{
    /// <summary>The name of <see cref="Step"/>.</summary>
    public const string StepName = "records";

    /// <summary>A record and the row of its name.</summary>
    private const int RecordsPerTransaction = TableLimits.TransactionOperations / 2;

    /// <summary>So many waiting ones ask for a turn.</summary>
    private const int WakesAt = 256;

    private readonly ITableStore _store;
    private readonly string _writer;
    private readonly RecordOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly Queue<(RequestRecord Record, string RowKey)> _waiting = new();
    private long _count;
    private long _dropped;

    /// <summary>Writes to this store. <paramref name="writer"/> names this run, so that no two write the same row.</summary>
    public RecordWriter(ITableStore store, string writer, RecordOptions options, Action takeIn, TimeProvider time, ILogger<RecordWriter> logger)
    {
        (_store, _writer, _options, _time, _logger) = (store, writer, options, time, logger);
        Step = new PeriodicStep(StepName, options.FlushInterval, options.FlushTimeout, cancellationToken =>
        {
            takeIn();
            return FlushAsync(cancellationToken);
        })
        { RunsLast = true };
    }

    /// <summary>Writes what waits, and once more at the end.</summary>
    public PeriodicStep Step { get; }

    public void OnSettled(RequestContext context)
    {
        if (context.Router.RecordDays == 0 || HasNoCaller(context))
            return;
        var record = RecordComposer.Compose(context, _time);
        var waiting = TryEnqueue(record);
        if (waiting == WakesAt)
            Step.Wake();
        if (waiting < 0 && Interlocked.Increment(ref _dropped) == 1)
            LogDropping(_options.Capacity);
    }

    /// <summary>A client without a key can knock as often as it likes, and must not fill the store by it.</summary>
    private static bool HasNoCaller(RequestContext context) => context is { Error.Code: RouterErrorCode.InvalidApiKey, Attempts.Count: 0, HasSideCalls: false };

    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        var waiting = Peek();
        foreach (var partition in waiting.GroupBy(static one => RecordTables.Partition(RecordTables.DayOf(one.Record.ReceivedAt), one.Record.Id)))
        {
            foreach (var records in partition.Chunk(RecordsPerTransaction))
                await WriteAsync(partition.Key, records, cancellationToken).ConfigureAwait(false);
        }

        // Only now: what a failure left half done is written again, into the same rows.
        Remove(waiting.Count);
        if (Interlocked.Exchange(ref _dropped, 0) is > 0 and var dropped)
            LogDropped(dropped);
    }

    private async ValueTask WriteAsync(string partition, (RequestRecord Record, string RowKey)[] records, CancellationToken cancellationToken)
    {
        var rows = records.Select(one => TableOperation.UpsertReplace(RecordRow.Write(one.Record, partition, one.RowKey)));
        // A name that came twice leads to its latest record.
        var names = records.GroupBy(static one => one.Record.Id).Select(same => TableOperation.UpsertReplace(RecordRow.WriteName(same.Last().Record, partition, same.Last().RowKey)));
        await _store.TransactAsync(RecordTables.Records, [.. rows, .. names], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>How many wait now; negative when there was no room.</summary>
    private int TryEnqueue(RequestRecord record)
    {
        lock (_lock)
        {
            if (_waiting.Count >= _options.Capacity)
                return -1;
            _waiting.Enqueue((record, RecordTables.RecordKey(record.ReceivedAt, $"{_writer}.{_count++}")));
            return _waiting.Count;
        }
    }

    private List<(RequestRecord Record, string RowKey)> Peek()
    {
        lock (_lock)
            return [.. _waiting];
    }

    private void Remove(int count)
    {
        lock (_lock)
        {
            for (; count > 0; count--)
                _waiting.Dequeue();
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Records of requests come faster than the storage takes them: {Capacity} wait, and further ones are dropped")]
    private partial void LogDropping(int capacity);

    [LoggerMessage(2, LogLevel.Warning, "Records of requests are written again; {Dropped} were dropped")]
    private partial void LogDropped(long dropped);
}
