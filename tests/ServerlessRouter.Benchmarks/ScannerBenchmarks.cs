using System.Buffers;
using BenchmarkDotNet.Attributes;
using ServerlessRouter.Chat;

namespace ServerlessRouter.Benchmarks;

/// <summary>One pass over a caller's body.</summary>
public class ScannerBenchmarks
{
    private byte[] _body = [];

    [Params(SampleBodies.Small, SampleBodies.Medium, SampleBodies.Large)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void Prepare() => _body = SampleBodies.OfSize(Bytes);

    /// <summary>With the copy into a pooled buffer, which stands for the reading of the body.</summary>
    [Benchmark]
    public int Scan()
    {
        var pooled = ArrayPool<byte>.Shared.Rent(_body.Length);
        _body.CopyTo(pooled, 0);
        if (!ChatRequestScanner.TryScan(pooled, _body.Length, out var request, out var error))
            throw new InvalidOperationException(error.Message);
        using (request)
            return request.Texts.Count;
    }
}
