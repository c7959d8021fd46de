namespace ServerlessRouter.Governance.Leases;

/// <summary>What one turn finds to write, by shard: counters whose rows are due, and some that will be before long and fill up the last transaction, so that they need no call of their own.</summary>
internal sealed class LeaseTurn
{
    private readonly List<LeaseCounter>[] _due = [.. Enumerable.Range(0, LeaseTables.Shards).Select(static _ => new List<LeaseCounter>())];
    private readonly List<LeaseCounter>[] _ripe = [.. Enumerable.Range(0, LeaseTables.Shards).Select(static _ => new List<LeaseCounter>())];

    /// <summary>The shards with something due.</summary>
    public IEnumerable<int> Shards => Enumerable.Range(0, LeaseTables.Shards).Where(shard => _due[shard].Count > 0);

    public void Add(LeaseCounter counter, LeaseReview review)
    {
        var shard = counter.Subject.Shard;
        if (review == LeaseReview.Due)
            _due[shard].Add(counter);
        else if (review == LeaseReview.Ripe && _ripe[shard].Count < LeaseWriter.CountersPerTransaction)
            _ripe[shard].Add(counter);
    }

    /// <summary>What is due in a shard, and what fills up its last transaction where that is wanted.</summary>
    public IEnumerable<LeaseCounter> Take(int shard, bool withRipe)
    {
        var over = _due[shard].Count % LeaseWriter.CountersPerTransaction;
        return withRipe && over > 0 ? _due[shard].Concat(_ripe[shard].Take(LeaseWriter.CountersPerTransaction - over)) : _due[shard];
    }
}
