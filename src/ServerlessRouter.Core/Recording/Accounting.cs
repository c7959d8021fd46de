using Microsoft.Extensions.Logging;
using ServerlessRouter.Background;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Recording.Records;
using ServerlessRouter.Recording.Usage;
using ServerlessRouter.State;

namespace ServerlessRouter.Recording;

/// <summary>What outlives requests, wired over one store: who used what, and what became of each.</summary>
public sealed class Accounting
{
    /// <summary>The name of <see cref="Flush"/>.</summary>
    public const string FlushName = "usage";

    /// <summary>The name of <see cref="RollUp"/>.</summary>
    public const string RollUpName = "usage-rollup";

    /// <summary>The name of <see cref="Retention"/>.</summary>
    public const string RetentionName = "records-retention";

    private readonly SettledRequests _settled;
    private readonly UsageRollUp _rollUp;
    private readonly UsageErasure _erasure;
    private readonly EarlierRollUp _earlierRollUp;
    private readonly EarlierErasure _earlierErasure;
    private readonly RecordRetention _retention;

    /// <summary>Wires them.</summary>
    public Accounting(ITableStore store, RouterModelSource models, AccountingOptions options, TimeProvider time, IRandomSource random, ILoggerFactory loggers)
    {
        var (usage, records) = (options.Usage.Validated(), options.Records.Validated());
        // A name of each run, because its rows are replaced and not added to: the run before may have left some under the instance's.
        var run = InstanceName.Create(random);
        var ledger = new UsageLedger(run, time, loggers.CreateLogger<UsageLedger>());
        var writer = new UsageWriter(store, ledger, usage, time);
        var recordWriter = new RecordWriter(store, run, records, TakeIn, time, loggers.CreateLogger<RecordWriter>());
        _settled = new SettledRequests(loggers.CreateLogger<SettledRequests>(), options.Listener is null ? [ledger, recordWriter] : [ledger, recordWriter, options.Listener]);
        (_rollUp, _erasure) = (new UsageRollUp(store, usage, time), new UsageErasure(store, usage, time));
        (_earlierRollUp, _earlierErasure) = (new EarlierRollUp(store, usage, time), new EarlierErasure(store, usage, time));
        Parts = new UsageParts(store, usage, time);
        _retention = new RecordRetention(store, models, time);
        Usage = new UsageReader(store, usage, time);
        Flush = new PeriodicStep(FlushName, usage.FlushInterval, usage.FlushTimeout, cancellationToken =>
        {
            TakeIn();
            return writer.FlushAsync(cancellationToken);
        })
        { RunsLast = true };
        Records = new RecordReader(store, models, records, time);
        Record = recordWriter.Step;
        Retention = new PeriodicStep(RetentionName, records.RetentionInterval, records.RetentionTimeout, RetainRecordsAsync);
        RollUp = new PeriodicStep(RollUpName, usage.RollUpInterval, usage.RollUpTimeout, RollUpAsync);
    }

    /// <summary>Tells what was used.</summary>
    public UsageReader Usage { get; }

    /// <summary>Takes in what jobs used.</summary>
    internal UsageParts Parts { get; }

    /// <summary>Tells what became of requests.</summary>
    public RecordReader Records { get; }

    /// <summary>Takes settled requests in.</summary>
    internal IRequestListener Listener => _settled;

    /// <summary>Puts settled requests into the books; often, and in memory alone.</summary>
    internal PeriodicStep Settle => _settled.Step;

    /// <summary>Writes counters to the store, and once more at the end.</summary>
    internal PeriodicStep Flush { get; }

    /// <summary>Writes records to the store, and once more at the end.</summary>
    internal PeriodicStep Record { get; }

    /// <summary>Deletes records past their days; hosts with timers of their own call <see cref="RetainRecordsAsync"/>.</summary>
    internal PeriodicStep Retention { get; }

    /// <summary>Rolls closed hours and days up and forgets what is past its time; hosts with timers of their own call <see cref="RollUpAsync"/>.</summary>
    internal PeriodicStep RollUp { get; }

    /// <summary>Puts what has settled into the books, now.</summary>
    internal void TakeIn() => _settled.Drain();

    /// <summary>Deletes records past their days; may break off and come again.</summary>
    public ValueTask RetainRecordsAsync(CancellationToken cancellationToken) => _retention.RunAsync(cancellationToken);

    /// <summary>One roll-up; safe to repeat, to break off and to run beside another.</summary>
    public async ValueTask RollUpAsync(CancellationToken cancellationToken)
    {
        // What this turn gives up waits for a later one: another may still be making sums of it.
        await _erasure.RunAsync(cancellationToken).ConfigureAwait(false);
        await _rollUp.RunAsync(cancellationToken).ConfigureAwait(false);
        if (!await _earlierErasure.HasAnyAsync(cancellationToken).ConfigureAwait(false))
            return;
        await _earlierRollUp.RunAsync(cancellationToken).ConfigureAwait(false);
        await _earlierErasure.RunAsync(cancellationToken).ConfigureAwait(false);
    }
}

/// <summary>How the books are kept.</summary>
public sealed record AccountingOptions
{
    public UsageOptions Usage { get; init; } = new();

    public RecordOptions Records { get; init; } = new();

    /// <summary>Is told of every request as the books are, beside the requests; null where nothing else listens.</summary>
    public IRequestListener? Listener { get; init; }
}
