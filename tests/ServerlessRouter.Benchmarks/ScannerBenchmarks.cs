using BenchmarkDotNet.Attributes;

namespace ServerlessRouter.Benchmarks;

/// <summary>One copy of the body into a pooled array and one scan.</summary>
[MemoryDiagnoser]
public class ScannerBenchmarks
{
    private byte[] _body = [];

    [Params(512, 16 * 1024, 256 * 1024)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void Setup() => _body = Bodies.Of(Bytes, "auto");

    [Benchmark]
    public int Scan()
    {
        using var request = Bodies.Scan(_body);
        return request.MessageCount;
    }
}
