namespace ServerlessRouter.Json;

/// <summary>A piece of a JSON document, as offsets into its bytes.</summary>
public readonly record struct JsonRange(int Start, int Length)
{
    public int End => Start + Length;

    public bool IsEmpty => Length == 0;

    public ReadOnlySpan<byte> In(ReadOnlySpan<byte> document) => document.Slice(Start, Length);
}
