namespace ServerlessRouter.Classification.Answers;

/// <summary>A small set of numbers in memory the caller lends; what does not fit is left out.</summary>
internal ref struct NumberSet(Span<double> places)
{
    private const double Tolerance = 0.011;

    private readonly Span<double> _places = places;

    public int Count { get; private set; }

    public readonly double Last => Count == 0 ? 0 : _places[Count - 1];

    public readonly double Largest
    {
        get
        {
            var largest = 0.0;
            foreach (var number in _places[..Count])
                largest = Math.Max(largest, number);
            return largest;
        }
    }

    public void Add(double number)
    {
        if (Count < _places.Length)
            _places[Count++] = number;
    }

    /// <summary>Adds every number written in digits.</summary>
    public void AddAll(ReadOnlySpan<byte> text)
    {
        for (var place = 0; place < text.Length && Count < _places.Length;)
        {
            if (text[place] is not (>= (byte)'0' and <= (byte)'9') || !Arithmetic.TryNumber(text[place..], out var number, out var length))
            {
                place++;
                continue;
            }

            Add(number);
            place += length;
        }
    }

    public readonly bool Contains(double number)
    {
        foreach (var known in _places[..Count])
        {
            if (Math.Abs(known - number) < Tolerance)
                return true;
        }

        return false;
    }

    /// <summary>Share of these numbers that are in neither of the other sets.</summary>
    public readonly float ShareMissingIn(in NumberSet one, in NumberSet other)
    {
        var missing = 0;
        foreach (var number in _places[..Count])
            missing += one.Contains(number) || other.Contains(number) ? 0 : 1;
        return Count == 0 ? 0 : (float)missing / Count;
    }
}
