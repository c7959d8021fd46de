namespace ServerlessRouter.Classification.Features;

/// <summary>The features of one text; one per thread, reused, so that a decision allocates nothing.</summary>
internal sealed class FeatureBuffer
{
    /// <summary>Words beyond this many are not read.</summary>
    public const int MaxWords = 1_600;

    private const int Capacity = 6 * MaxWords;

    [ThreadStatic]
    private static FeatureBuffer? _ofThread;

    private readonly uint[] _hashes = new uint[Capacity];
    private readonly int[] _starts = new int[Capacity];
    private readonly int[] _ends = new int[Capacity];
    private readonly uint[] _seen = new uint[2 * 8192];
    private readonly float[] _handcrafted = new float[HandcraftedFeatures.Count];
    private readonly uint[] _words = new uint[MaxWords];
    private readonly int[] _wordStarts = new int[MaxWords];
    private readonly int[] _wordEnds = new int[MaxWords];
    private int _mask;
    private FeatureGroups _groups;
    private bool _hasDroppedWords;

    public static FeatureBuffer OfThread => _ofThread ??= new FeatureBuffer();

    /// <summary>Distinct hashes, in the order of their first place in the text.</summary>
    public ReadOnlySpan<uint> Hashes => _hashes.AsSpan(0, Count);

    /// <summary>Where each hash's text starts and ends in the text.</summary>
    public ReadOnlySpan<int> Starts => _starts.AsSpan(0, Count);

    public ReadOnlySpan<int> Ends => _ends.AsSpan(0, Count);

    public Span<float> Handcrafted => _handcrafted;

    /// <summary>The hashes of the words in order, repeated ones included.</summary>
    public ReadOnlySpan<uint> Words => _words.AsSpan(0, WordCount);

    public ReadOnlySpan<int> WordStarts => _wordStarts.AsSpan(0, WordCount);

    public ReadOnlySpan<int> WordEnds => _wordEnds.AsSpan(0, WordCount);

    public int Count { get; private set; }

    /// <summary>How many of the hashes are words and pairs as they stand, which every model reads.</summary>
    public int PlainCount { get; private set; }

    public int WordCount { get; private set; }

    /// <summary>Empties the buffer; `bytes` is the length of the sample that will be read.</summary>
    public void Reset(int bytes, FeatureGroups groups)
    {
        _groups = groups;
        _hasDroppedWords = false;
        Count = 0;
        PlainCount = 0;
        WordCount = 0;
        var size = 256;
        while (size < _seen.Length && size < 4 * bytes + 128)
            size *= 2;
        _mask = size - 1;
        _seen.AsSpan(0, size).Clear();
        _handcrafted.AsSpan().Clear();
    }

    /// <summary>Takes over features that were extracted before.</summary>
    public void Load(ReadOnlySpan<uint> hashes, ReadOnlySpan<float> handcrafted)
    {
        hashes.CopyTo(_hashes);
        Count = hashes.Length;
        PlainCount = hashes.Length;
        WordCount = 0;
        handcrafted.CopyTo(_handcrafted);
    }

    public bool AddWord(uint hash, int start, int end)
    {
        if (WordCount == MaxWords)
            return false;
        _words[WordCount] = hash;
        _wordStarts[WordCount] = start;
        _wordEnds[WordCount] = end;
        WordCount++;
        return true;
    }

    /// <summary>Notes that a word is left out because of its script.</summary>
    public void DropWord() => _hasDroppedWords = true;

    /// <summary>
    /// Whether a model of words and pairs finds here what it would find in features extracted for it: hashes beyond these are unknown to it and so change nothing.
    /// </summary>
    public bool Serves(FeatureGroups groups)
    {
        var wanted = groups & ~FeatureGroups.AnyScript;
        return wanted == FeatureGroups.Plain && (_groups & wanted) == wanted && !_hasDroppedWords;
    }

    /// <summary>Adds a word or pair as it stands.</summary>
    public void AddPlain(uint hash, int start, int end)
    {
        if (Add(hash, start, end))
            PlainCount++;
    }

    /// <summary>False for a hash that is known already or has no room.</summary>
    public bool Add(uint hash, int start, int end)
    {
        // Zero marks a free place.
        hash |= 1;
        var place = (int)(hash >> 1) & _mask;
        while (_seen[place] != 0)
        {
            if (_seen[place] == hash)
                return false;
            place = (place + 1) & _mask;
        }

        if (Count == Capacity)
            return false;
        _seen[place] = hash;
        _hashes[Count] = hash;
        _starts[Count] = start;
        _ends[Count] = end;
        Count++;
        return true;
    }
}
