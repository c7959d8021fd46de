namespace ServerlessRouter.Providers.OpenAI;

/// <summary>Some of an answer's choices, by their index; of indexes that no vendor offers the last stands for all.</summary>
internal readonly record struct ChoiceSet
{
    private const int MaxIndex = 127;

    /// <summary>How many can be told apart.</summary>
    public const int MaxCount = MaxIndex + 1;

    private readonly UInt128 _bits;

    private ChoiceSet(UInt128 bits) => _bits = bits;

    public bool IsEmpty => _bits == UInt128.Zero;

    public int Count => (int)UInt128.PopCount(_bits);

    public ChoiceSet With(int index) => new(_bits | (UInt128.One << Math.Clamp(index, 0, MaxIndex)));

    public bool Contains(int index) => (_bits & (UInt128.One << Math.Clamp(index, 0, MaxIndex))) != UInt128.Zero;

    public static ChoiceSet operator |(ChoiceSet left, ChoiceSet right) => new(left._bits | right._bits);

    /// <summary>Those of <paramref name="left"/> that are not among <paramref name="right"/>.</summary>
    public static ChoiceSet operator -(ChoiceSet left, ChoiceSet right) => new(left._bits & ~right._bits);

    public Enumerator GetEnumerator() => new(_bits);

    /// <summary>From the lowest index to the highest.</summary>
    internal struct Enumerator(UInt128 bits)
    {
        public int Current { get; private set; } = -1;

        public bool MoveNext()
        {
            if (bits == UInt128.Zero)
                return false;
            Current = (int)UInt128.TrailingZeroCount(bits);
            bits &= bits - UInt128.One;
            return true;
        }
    }
}
