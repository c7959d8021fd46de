namespace ServerlessRouter.Pipeline;

/// <summary>An order the request itself asks for, by <c>provider.sort</c> or by a suffix of <c>model</c>.</summary>
public enum CandidateSort
{
    /// <summary>Lowest price first: <c>price</c>, <c>:floor</c>.</summary>
    Price,

    /// <summary>Most tokens per second first: <c>throughput</c>, <c>:nitro</c>.</summary>
    Throughput,

    /// <summary>Shortest time to the first token first: <c>latency</c>.</summary>
    Latency,

    /// <summary>Best quality first: <c>exacto</c>, <c>:exacto</c>.</summary>
    Quality,
}
