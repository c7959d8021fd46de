using System.Buffers;
using System.Collections.Frozen;
using BenchmarkDotNet.Attributes;
using ServerlessRouter.Chat;
using ServerlessRouter.Domain;
using ServerlessRouter.Testing.Wire;

namespace ServerlessRouter.Benchmarks;

/// <summary>Writing the body that goes to a deployment: another model name, a renamed parameter, usage asked for.</summary>
public class PatchBenchmarks
{
    private static readonly ParameterAdaptation Parameters = ParameterAdaptation.Nothing with
    {
        Renames = new Dictionary<string, string> { ["max_tokens"] = "max_completion_tokens" }.ToFrozenDictionary(),
    };

    private readonly ChatRequestPatch _patch = new("gpt-5-mini", Parameters);
    private ArrayBufferWriter<byte> _written = null!;
    private ChatRequest _request = null!;

    [Params(SampleBodies.Small, SampleBodies.Medium, SampleBodies.Large)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        _written = new ArrayBufferWriter<byte>(2 * Bytes);
        _request = ScannedRequest.Of(ChatBodies.With(SampleBodies.OfSize(Bytes), "stream", "true"));
    }

    [GlobalCleanup]
    public void Close() => _request.Dispose();

    [Benchmark]
    public int Write()
    {
        _written.ResetWrittenCount();
        using var body = _patch.Apply(_request);
        body.WriteTo(_written);
        return _written.WrittenCount;
    }
}
