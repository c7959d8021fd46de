namespace ServerlessRouter.Tools.MeasureKeys;

/// <summary>One kind of load on one configuration.</summary>
/// <param name="Name">What the table says.</param>
/// <param name="Setting">The configuration.</param>
/// <param name="Prompts">Whether prompts differ.</param>
/// <param name="Base">The case that it is compared with; null for one that stands alone.</param>
internal sealed record Case(string Name, Setting Setting, PromptKind Prompts, Case? Base)
{
    /// <summary>With four counters each they stay below the number of counters that an instance keeps.</summary>
    private const int KeysThatAsk = 40_000;

    /// <summary>As many of the keys take turns, by luck.</summary>
    public int KeysInUse { get; init; } = 1;

    public static IReadOnlyList<Case> All { get; } = Make();

    private static Case[] Make()
    {
        var off = new Case("off", Setting.Off, PromptKind.Same, null);
        var offUnlike = new Case("off, prompts all different", Setting.Off, PromptKind.Different, null);
        var missed = new Case("key, limits, budgets and cache, prompts all different", Setting.Cache, PromptKind.Different, offUnlike);
        return
        [
            off,
            new Case("one key", Setting.OneKey, PromptKind.Same, off),
            new Case("one key, two limits, two budgets", Setting.Limits, PromptKind.Same, off),
            offUnlike,
            missed,
            new Case("the same with 100,000 keys, one of which asks", Setting.ManyKeys, PromptKind.Different, missed),
            new Case("the same with 100,000 keys, 40,000 of which ask", Setting.ManyKeys, PromptKind.Different, missed) { KeysInUse = KeysThatAsk },
            new Case("an answer from the cache", Setting.Cache, PromptKind.Same, off),
        ];
    }
}

/// <summary>Whether prompts differ.</summary>
internal enum PromptKind
{
    /// <summary>All of them say the same.</summary>
    Same,

    /// <summary>None says what one before has said.</summary>
    Different,
}
