namespace ServerlessRouter.Training.Evaluation;

/// <summary>Ranges of text length with equally many training texts each: all that a router knows which reads nothing.</summary>
internal sealed class LengthBins
{
    private readonly int[] _edges;

    public LengthBins(IEnumerable<int> lengths, int count)
    {
        var ordered = lengths.Order().ToArray();
        _edges = Enumerable.Range(1, count - 1).Select(bin => ordered[ordered.Length * bin / count]).ToArray();
        Count = count;
    }

    public int Count { get; }

    /// <summary>The bin of a length, 0 to Count - 1: how many edges it lies above.</summary>
    public int Of(int length)
    {
        var bin = 0;
        while (bin < _edges.Length && _edges[bin] < length)
            bin++;
        return bin;
    }
}
