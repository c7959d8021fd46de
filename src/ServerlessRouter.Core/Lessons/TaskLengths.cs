namespace ServerlessRouter.Lessons;

/// <summary>How long answers to each task are over all models, each model counting by how well it is known. Written under its owner's lock; read without.</summary>
internal sealed class TaskLengths
{
    /// <summary>Tasks differ in length more than models do: a mean of one model says four fifths of the task, one of the model.</summary>
    private const double WorthOfTypical = 0.25;

    private readonly double[] _sums = new double[TaskFigures.Places];
    private readonly double[] _weights = new double[TaskFigures.Places];

    public double WeightAt(int place) => Volatile.Read(ref _weights[place]);

    /// <summary>Logarithm of the mean length of the models known.</summary>
    public double MeanAt(int place) => _sums[place] / _weights[place];

    /// <summary>Tokens of an answer of any model, drawn towards the typical ones while few models are known.</summary>
    public double Expect(int place, int typicalTokens)
    {
        var (sum, weight) = (Volatile.Read(ref _sums[place]), WeightAt(place));
        return weight <= 0 ? typicalTokens : Math.Exp((sum + (WorthOfTypical * Math.Log(Math.Max(1, typicalTokens)))) / (weight + WorthOfTypical));
    }

    public void Replace(int place, double weightBefore, double logarithmBefore, double weight, double logarithm)
    {
        Volatile.Write(ref _sums[place], _sums[place] - (weightBefore * logarithmBefore) + (weight * logarithm));
        Volatile.Write(ref _weights[place], _weights[place] - weightBefore + weight);
    }
}
