using System.Numerics;
using System.Runtime.Intrinsics;

namespace ServerlessRouter.Classification.Models;

/// <summary>From the hash of a feature or a word to the number of its row.</summary>
/// <remarks>
/// A bucket is eight keys and then their eight rows. One comparison looks at all keys, a miss reads nothing else, and there is no walk whose length the processor has to
/// guess, so that it reads many buckets ahead. At most half of all places are taken; what a full bucket has no room for is in the next. A free place is zero, which is
/// therefore never known.
/// </remarks>
internal sealed class FeatureTable
{
    private const int KeysOfBucket = 8;
    private const int BucketLength = 2 * KeysOfBucket;

    private readonly uint[] _buckets;
    private readonly uint _lastBucket;

    public FeatureTable(ReadOnlySpan<uint> keys)
    {
        var size = 16;
        while (size < 2 * keys.Length)
            size *= 2;
        _buckets = new uint[2 * size];
        _lastBucket = ((uint)size / KeysOfBucket) - 1;
        for (var row = 0; row < keys.Length; row++)
        {
            if (keys[row] != 0)
                Add(keys[row], (uint)row);
        }
    }

    /// <summary>The row of this feature, or -1.</summary>
    public int RowOf(uint key)
    {
        for (var number = BucketOf(key); ; number = (number + 1) & _lastBucket)
        {
            var bucket = Bucket(number);
            var place = bucket[..KeysOfBucket].IndexOf(key);
            if (place >= 0 && key != 0)
                return (int)bucket[KeysOfBucket + place];
            if (!IsFull(bucket))
                return -1;
        }
    }

    /// <summary>Fills `rows`, which has room for one a key, with the rows of those keys that have one, in their order; answers how many these are.</summary>
    public int RowsOf(ReadOnlySpan<uint> keys, Span<int> rows)
    {
        var known = 0;
        foreach (var key in keys)
        {
            var bucket = Bucket(BucketOf(key));
            var found = Vector256.Equals(Vector256.Create(bucket), Vector256.Create(key)).ExtractMostSignificantBits();
            if (found == 0 & IsFull(bucket))
            {
                rows[known] = RowOf(key);
                known += rows[known] < 0 ? 0 : 1;
                continue;
            }

            // Written in any case and kept if the key is there: whether it is cannot be foreseen, so there is no branch on it.
            rows[known] = (int)bucket[KeysOfBucket + (BitOperations.TrailingZeroCount(found) % KeysOfBucket)];
            known += found != 0 & key != 0 ? 1 : 0;
        }

        return known;
    }

    private static bool IsFull(ReadOnlySpan<uint> bucket) => bucket[KeysOfBucket - 1] != 0;

    private uint BucketOf(uint key) => (key >> 1) & _lastBucket;

    private Span<uint> Bucket(uint number) => _buckets.AsSpan((int)number * BucketLength, BucketLength);

    /// <summary>The last of several rows with the same key counts.</summary>
    private void Add(uint key, uint row)
    {
        for (var number = BucketOf(key); ; number = (number + 1) & _lastBucket)
        {
            var bucket = Bucket(number);
            var place = bucket[..KeysOfBucket].IndexOfAny(key, 0u);
            if (place < 0)
                continue;
            bucket[place] = key;
            bucket[KeysOfBucket + place] = row;
            return;
        }
    }
}
