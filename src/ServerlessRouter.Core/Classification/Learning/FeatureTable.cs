namespace ServerlessRouter.Classification.Learning;

/// <summary>From the hash of a feature to the number of its row of weights.</summary>
internal sealed class FeatureTable
{
    private readonly ulong[] _places;
    private readonly int _mask;

    public FeatureTable(ReadOnlySpan<uint> keys)
    {
        var size = 16;
        while (size < 2 * keys.Length)
            size *= 2;
        _places = new ulong[size];
        _mask = size - 1;
        for (var row = 0; row < keys.Length; row++)
        {
            var place = PlaceOf(keys[row]);
            _places[place] = ((ulong)keys[row] << 32) | (uint)(row + 1);
        }
    }

    /// <summary>The row of this feature, or -1.</summary>
    public int RowOf(uint key) => (int)(uint)_places[PlaceOf(key)] - 1;

    private int PlaceOf(uint key)
    {
        var place = (int)(key >> 1) & _mask;
        while (_places[place] != 0 && (uint)(_places[place] >> 32) != key)
            place = (place + 1) & _mask;
        return place;
    }
}
