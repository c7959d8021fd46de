using ServerlessRouter.Classification.Models;

namespace ServerlessRouter.Training.Evaluation;

/// <summary>How often each label was true, answered, and both; counts may be expectations.</summary>
internal sealed class LabelTally(IReadOnlyList<string> labels)
{
    private readonly int _outOfScope = Enumerable.Range(0, labels.Count).FirstOrDefault(label => labels[label] == LabelModel.OutOfScope, -1);
    private readonly double[] _true = new double[labels.Count];
    private readonly double[] _answered = new double[labels.Count];
    private readonly double[] _hits = new double[labels.Count];

    /// <summary>Answers that were not trained for are labels of their own that are never right.</summary>
    public void Add(int truth, int answer, double count = 1)
    {
        _true[truth] += count;
        _answered[answer] += count;
        if (truth == answer)
            _hits[truth] += count;
    }

    public void AddExpected(int label, double isTrue, double answered, double hits)
    {
        _true[label] += isTrue;
        _answered[label] += answered;
        _hits[label] += hits;
    }

    public double Accuracy => _hits.Sum() / _true.Sum();

    public double InScopeAccuracy => (_hits.Sum() - _hits[_outOfScope]) / (_true.Sum() - _true[_outOfScope]);

    public double OutOfScopeRecall => _hits[_outOfScope] / _true[_outOfScope];

    /// <summary>The mean over the labels that occur of the harmonic mean of precision and recall.</summary>
    public double MacroF1 => Enumerable.Range(0, labels.Count)
        .Where(label => _true[label] > 0)
        .Average(label => 2 * _hits[label] / (_true[label] + _answered[label]));
}
