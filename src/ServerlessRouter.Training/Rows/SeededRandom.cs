namespace ServerlessRouter.Training.Rows;

/// <summary>SplitMix64: the same luck on every machine and every version of the runtime.</summary>
internal struct SeededRandom(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        _state += 0x9e3779b97f4a7c15;
        var mixed = (_state ^ (_state >> 30)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
        return mixed ^ (mixed >> 31);
    }

    public int Below(int bound) => (int)(Next() % (ulong)bound);

    /// <summary>A number from 0 (included) to 1 (excluded).</summary>
    public float Unit() => (Next() >> 40) * (1f / (1 << 24));

    public void Shuffle(Span<int> values)
    {
        for (var place = values.Length - 1; place > 0; place--)
        {
            var other = Below(place + 1);
            (values[place], values[other]) = (values[other], values[place]);
        }
    }

    public static int[] Order(int count, ulong seed)
    {
        var order = new int[count];
        for (var place = 0; place < count; place++)
            order[place] = place;
        new SeededRandom(seed).Shuffle(order);
        return order;
    }
}
