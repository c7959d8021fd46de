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

/// <summary>What requests call the orders they may ask for (OpenRouter's names).</summary>
public static class CandidateSorts
{
    public const string Price = "price";
    public const string Throughput = "throughput";
    public const string Latency = "latency";
    public const string Exacto = "exacto";

    /// <summary>The values <c>provider.sort</c> may have.</summary>
    public static IReadOnlyList<string> All { get; } = [Price, Throughput, Latency, Exacto];

    /// <summary>The order a value of <c>provider.sort</c> stands for.</summary>
    public static CandidateSort? Parse(ReadOnlySpan<char> name) => name switch
    {
        Price => CandidateSort.Price,
        Throughput => CandidateSort.Throughput,
        Latency => CandidateSort.Latency,
        Exacto => CandidateSort.Quality,
        _ => null,
    };

    /// <summary>The order a suffix of <c>model</c> stands for, without its colon.</summary>
    public static CandidateSort? ParseSuffix(ReadOnlySpan<char> suffix) => suffix switch
    {
        "nitro" => CandidateSort.Throughput,
        "floor" => CandidateSort.Price,
        "exacto" => CandidateSort.Quality,
        _ => null,
    };
}
