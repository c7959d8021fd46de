namespace ServerlessRouter.Checks;

/// <summary>The ends of an answer, where what matters stands; they bound the work on answers of any length.</summary>
internal static class AnswerText
{
    public const int MaxBytes = 8 * 1024;

    public static ReadOnlySpan<byte> Start(ReadOnlySpan<byte> text, int most = MaxBytes) => text.Length <= most ? text : text[..most];

    public static ReadOnlySpan<byte> End(ReadOnlySpan<byte> text, int most = MaxBytes) => text.Length <= most ? text : text[^most..];
}
