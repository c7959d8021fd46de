using ServerlessRouter.Configuration;
using ServerlessRouter.State;

namespace ServerlessRouter.Recording.Records;

/// <summary>Deletes records past the days the configuration keeps them. Where it keeps none, what is there stays: a configuration that could not be loaded must not erase.</summary>
internal sealed class RecordRetention(ITableStore store, RouterModelSource models, TimeProvider time)
{
    public async ValueTask RunAsync(CancellationToken cancellationToken)
    {
        if (models.Current.RecordDays is not (> 0 and var days))
            return;
        var past = RecordTables.Before(RecordTables.DayOf(time.GetUtcNow()).AddDays(-days));
        await store.DeleteAllAsync(RecordTables.Records, TableQuery.AcrossPartitions(past), cancellationToken).ConfigureAwait(false);
    }
}
