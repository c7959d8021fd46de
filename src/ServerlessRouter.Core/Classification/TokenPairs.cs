namespace ServerlessRouter.Classification;

/// <summary>Which two letters of Chinese and Japanese are one token of o200k_base: what tells everyday words from rare and traditional ones, which cost half as much again.</summary>
/// <remarks>2,700 pairs by a hash in 64 Ki bits, of which 4 % are set. A test makes them anew from the tokenizer.</remarks>
internal static class TokenPairs
{
    public const string ResourceName = "token-pairs.bin";
    public const int Bits = 1 << 16;

    private static readonly byte[] Set = Load();

    public static bool Contains(int first, int second)
    {
        var bit = BitOf(first, second);
        return (Set[bit >> 3] & (1 << (bit & 7))) != 0;
    }

    /// <summary>Where the bit of two code points stands.</summary>
    public static int BitOf(int first, int second) => (int)((((uint)first * 40503u) ^ ((uint)second * 24593u)) >> 4) & (Bits - 1);

    private static byte[] Load()
    {
        using var resource = typeof(TokenPairs).Assembly.GetManifestResourceStream(ResourceName) ?? throw new InvalidOperationException($"{ResourceName} is missing from the build.");
        var bits = new byte[Bits / 8];
        resource.ReadExactly(bits);
        return bits;
    }
}
