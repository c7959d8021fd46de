namespace ServerlessRouter.Classification.Features;

/// <summary>Which hashed features a model reads.</summary>
[Flags]
internal enum FeatureGroups
{
    None = 0,
    Words = 1,
    Pairs = 2,

    /// <summary>Words and pairs as they stand.</summary>
    Plain = Words | Pairs,

    /// <summary>Words and pairs at either end of the text again, under names of their own: that is where instructions stand.</summary>
    Ends = 4,

    /// <summary>The first five letters of longer words.</summary>
    Stems = 8,

    /// <summary>Words with one other word between them.</summary>
    Skips = 16,

    /// <summary>Words of every script; without it only those in Latin letters, so that a model trained on English knows nothing of others.</summary>
    AnyScript = 32,

    /// <summary>Every four letters in a row within a word and its blanks, for short texts with few examples.</summary>
    Grams = 64,

    /// <summary>Every three and every five letters in a row as well, for very few examples.</summary>
    MoreGrams = 128,
}
