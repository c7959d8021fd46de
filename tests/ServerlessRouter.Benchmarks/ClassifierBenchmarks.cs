using System.Text;
using BenchmarkDotNet.Attributes;
using ServerlessRouter.Classification;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Benchmarks;

/// <summary>What is read from a prompt of 1,000 characters.</summary>
public class ClassifierBenchmarks
{
    private readonly byte[] _text = Encoding.UTF8.GetBytes(SamplePrompt.OfLength(SamplePrompt.UsualCharacters));
    private readonly float[] _probabilities = new float[TaskKinds.Count];

    [Benchmark]
    public TaskClassification ClassifyTask() => TaskClassifier.Shared.Classify(_text, _probabilities);

    [Benchmark]
    public int EstimateTokens() => TokenEstimator.Estimate(_text);

    [Benchmark]
    public string DetectLanguage() => LanguageDetector.Detect(_text);
}
