namespace ServerlessRouter.Pipeline;

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
