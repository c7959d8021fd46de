namespace ServerlessRouter.Caching;

/// <summary>Bytes that are kept for long, in blocks of one size within large arrays, which the collector neither moves nor visits; what is forgotten makes room for what comes. Not for use by several threads at once.</summary>
internal sealed class ByteBlocks
{
    /// <summary>The last block of an entry is half empty on average.</summary>
    public const int BlockBytes = 256;

    /// <summary>No block, where one is named.</summary>
    public const int None = -1;

    /// <summary>Enough for an array that the collector leaves where it is.</summary>
    private const int BlocksInArray = 512;

    private readonly List<byte[]> _arrays = [];

    /// <summary>The block that follows each: of the same bytes, or of those that are free.</summary>
    private readonly List<int> _next = [];
    private int _free = None;

    /// <summary>How many blocks so many bytes take.</summary>
    public static int CountFor(int bytes) => (bytes + BlockBytes - 1) / BlockBytes;

    /// <summary>Keeps bytes; answers with the first of their blocks.</summary>
    public int Keep(ReadOnlySpan<byte> bytes)
    {
        var (first, last) = (None, None);
        while (!bytes.IsEmpty)
        {
            var block = Take();
            if (last == None)
                first = block;
            else
                _next[last] = block;
            last = block;
            var part = bytes[..Math.Min(BlockBytes, bytes.Length)];
            part.CopyTo(BytesOf(block));
            bytes = bytes[part.Length..];
        }

        return first;
    }

    /// <summary>Reads what was kept from a first block on.</summary>
    public void Read(int first, Span<byte> bytes)
    {
        for (var block = first; !bytes.IsEmpty; block = _next[block])
        {
            var length = Math.Min(BlockBytes, bytes.Length);
            BytesOf(block)[..length].CopyTo(bytes);
            bytes = bytes[length..];
        }
    }

    /// <summary>Gives the blocks from a first one on back.</summary>
    public void Free(int first)
    {
        if (first == None)
            return;
        var last = first;
        while (_next[last] != None)
            last = _next[last];
        _next[last] = _free;
        _free = first;
    }

    private Span<byte> BytesOf(int block) => _arrays[block / BlocksInArray].AsSpan(block % BlocksInArray * BlockBytes, BlockBytes);

    private int Take()
    {
        if (_free == None)
            Grow();
        var block = _free;
        _free = _next[block];
        _next[block] = None;
        return block;
    }

    private void Grow()
    {
        var first = _next.Count;
        _arrays.Add(GC.AllocateUninitializedArray<byte>(BlocksInArray * BlockBytes));
        for (var block = first; block < first + BlocksInArray; block++)
            _next.Add(block + 1);
        _next[^1] = None;
        _free = first;
    }
}
