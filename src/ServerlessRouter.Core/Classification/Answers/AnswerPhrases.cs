namespace ServerlessRouter.Classification.Answers;

/// <summary>Phrases by which answers hedge or refuse, and endings that are none.</summary>
internal static class AnswerPhrases
{
    private static readonly byte[][] Hedging =
    [
        .. Bytes("not sure", "unclear", "cannot determine", "can't determine", "not enough information", "it depends", "ambiguous", "assuming", "assume", "perhaps", "might be", "approximately", "however", "wait,", "let's say", "doesn't make sense", "not possible"),
    ];

    private static readonly byte[][] Refusals =
    [
        .. Bytes("I cannot", "I can't", "I'm sorry", "I am sorry", "I'm unable", "I am unable", "As an AI", "as an AI", "I won't", "I don't have access"),
    ];

    public static int Hedges(ReadOnlySpan<byte> answer)
    {
        var found = 0;
        foreach (var phrase in Hedging)
            found += answer.IndexOf(phrase) >= 0 ? 1 : 0;
        return found;
    }

    public static bool Refuses(ReadOnlySpan<byte> answer)
    {
        foreach (var phrase in Refusals)
        {
            if (answer.IndexOf(phrase) >= 0)
                return true;
        }

        return false;
    }

    public static bool IsTruncated(ReadOnlySpan<byte> answer)
    {
        if (answer.Count("```"u8) % 2 == 1)
            return true;
        var last = answer[^1];
        return last is (byte)',' or (byte)'+' or (byte)'*' or (byte)'=' or (byte)'(' or (byte)'-' || (answer.LastIndexOf("####"u8) < 0 && (byte)((last | 0x20) - 'a') < 26);
    }

    private static IEnumerable<byte[]> Bytes(params string[] phrases) => phrases.Select(System.Text.Encoding.UTF8.GetBytes);
}
