namespace ServerlessRouter.Classification.Answers;

/// <summary>Finds the number an answer ends in.</summary>
internal static class FinalAnswer
{
    private const int NearestBytes = 24;

    /// <summary>The number after the last "####", "\boxed{" or "answer is".</summary>
    public static FinalAnswerKind TryFind(ReadOnlySpan<byte> answer, out double value)
    {
        value = 0;
        var end = EndOfLast(answer, "####"u8);
        if (end < 0)
            end = EndOfLast(answer, "\\boxed{"u8);
        if (end < 0)
            end = EndOfLast(answer, "answer is"u8);
        if (end < 0)
            end = EndOfLast(answer, "Answer:"u8);
        if (end < 0)
            return FinalAnswerKind.None;
        var rest = answer[end..Math.Min(answer.Length, end + NearestBytes)];
        var digit = rest.IndexOfAnyInRange((byte)'0', (byte)'9');
        if (digit < 0 || !Arithmetic.TryNumber(rest[digit..], out value, out _))
            return FinalAnswerKind.Malformed;
        if (digit > 0 && rest[digit - 1] == (byte)'-')
            value = -value;
        return FinalAnswerKind.Number;
    }

    private static int EndOfLast(ReadOnlySpan<byte> text, ReadOnlySpan<byte> mark)
    {
        var place = text.LastIndexOf(mark);
        return place < 0 ? -1 : place + mark.Length;
    }
}

/// <summary>Whether an answer states its result in a form a program finds.</summary>
internal enum FinalAnswerKind
{
    None,

    /// <summary>Announced, but without a number.</summary>
    Malformed,
    Number,
}
