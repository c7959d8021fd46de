using ServerlessRouter.Domain;
using ServerlessRouter.State;

namespace ServerlessRouter.Jobs.Storage;

/// <summary>Where jobs are kept, over one store: their rows, items and content, callers' files, the lists all are found by, and how much more may be kept.</summary>
internal sealed class JobStorage
{
    public JobStorage(ITableStore store, StorageQuota quota, JobOptions options, TimeProvider time, IRandomSource random)
    {
        (Store, Quota) = (store, quota);
        Content = new JobContent(store);
        Index = new JobIndex(store);
        Jobs = new JobStore(store);
        Items = new JobItems(store, Content, time);
        Files = new JobFiles(this, options, time, random);
        Responses = new StoredResponses(this, options, time);
    }

    public ITableStore Store { get; }

    public StorageQuota Quota { get; }

    public JobContent Content { get; }

    public JobIndex Index { get; }

    public JobStore Jobs { get; }

    public JobItems Items { get; }

    public JobFiles Files { get; }

    public StoredResponses Responses { get; }
}
