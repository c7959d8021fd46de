namespace ServerlessRouter.State;

/// <summary>A range of partition or row keys in ordinal order; <c>default</c> holds every key.</summary>
/// <remarks>An adapter writes <see cref="Exact"/> as <c>eq</c>, <see cref="From"/> as <c>ge</c> and <see cref="Before"/> as <c>lt</c>.</remarks>
public readonly record struct TableKeyRange
{
    /// <summary>The only key in range, or null when it is not a single one; then the bounds count.</summary>
    public string? Exact { get; private init; }

    /// <summary>The first key in range; null when there is no lower bound.</summary>
    public string? From { get; private init; }

    /// <summary>The first key past the range; null when there is no upper bound.</summary>
    public string? Before { get; private init; }

    public static TableKeyRange All => default;

    public static TableKeyRange Only(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return new() { Exact = key };
    }

    public static TableKeyRange StartingAt(string from)
    {
        ArgumentNullException.ThrowIfNull(from);
        return new() { From = from };
    }

    public static TableKeyRange EndingBefore(string before)
    {
        ArgumentNullException.ThrowIfNull(before);
        return new() { Before = before };
    }

    /// <summary>From the first key (in range) to the second (out of range).</summary>
    public static TableKeyRange Between(string from, string before)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(before);
        return new() { From = from, Before = before };
    }

    /// <summary>Every key that begins with the prefix; an empty prefix is every key.</summary>
    /// <exception cref="ArgumentException">The prefix ends in U+D7FF or above, for which no valid next key exists.</exception>
    public static TableKeyRange Prefix(string prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        if (prefix.Length == 0)
            return All;
        if (prefix[^1] >= '\uD7FF')
            throw new ArgumentException($"A key prefix must end in a character below U+D7FF, but '{prefix}' ends in U+{(int)prefix[^1]:X4}.", nameof(prefix));

        return new() { From = prefix, Before = string.Concat(prefix.AsSpan(0, prefix.Length - 1), [(char)(prefix[^1] + 1)]) };
    }

    public bool Contains(string key) => Exact is not null
        ? key == Exact
        : !IsBelow(key) && !IsAbove(key);

    internal string First => Exact ?? From ?? "";

    internal bool IsBelow(string key) => string.CompareOrdinal(key, First) < 0;

    internal bool IsAbove(string key) => Exact is not null
        ? string.CompareOrdinal(key, Exact) > 0
        : Before is not null && string.CompareOrdinal(key, Before) >= 0;
}
