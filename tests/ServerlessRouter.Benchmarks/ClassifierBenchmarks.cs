using System.Text;
using BenchmarkDotNet.Attributes;
using ServerlessRouter.Classification;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Benchmarks;

/// <summary>What classification does with 1,000 characters.</summary>
[MemoryDiagnoser]
public class ClassifierBenchmarks
{
    private const string Sentence = "Write a Python function that merges two sorted linked lists and explain why it takes linear time. ";
    private readonly byte[] _text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Sentence, 11))[..1_000]);
    private readonly float[] _probabilities = new float[TaskKinds.Count];

    [Benchmark]
    public TaskKind Task() => TaskClassifier.Shared.Classify(_text, _probabilities).Task;

    [Benchmark]
    public string Language() => LanguageDetector.Detect(_text);

    [Benchmark]
    public int Tokens() => TokenEstimator.Estimate(_text);
}
