namespace ServerlessRouter.Balancing;

/// <summary>A set of positions among a model's deployments; allocates only beyond the sixty-fourth.</summary>
internal struct DeploymentSet
{
    private const int BitsInWord = 64;
    private ulong _first;
    private ulong[]? _further;

    public readonly bool Contains(int position)
    {
        if (position < BitsInWord)
            return (_first & (1UL << position)) != 0;
        var word = (position / BitsInWord) - 1;
        return _further is not null && word < _further.Length && (_further[word] & (1UL << position)) != 0;
    }

    public void Add(int position)
    {
        if (position < BitsInWord)
        {
            _first |= 1UL << position;
            return;
        }

        var word = (position / BitsInWord) - 1;
        if (_further is null || word >= _further.Length)
            Array.Resize(ref _further, word + 1);
        _further[word] |= 1UL << position;
    }
}
