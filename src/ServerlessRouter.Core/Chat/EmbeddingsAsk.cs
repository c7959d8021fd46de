namespace ServerlessRouter.Chat;

/// <summary>What a request for embeddings asks for, beside the texts themselves.</summary>
/// <param name="Inputs">How many vectors are wanted.</param>
/// <param name="Tokens">Tokens of the inputs that were sent as such; those of texts are not among them.</param>
/// <param name="Encoding">The form the vectors are wanted in.</param>
/// <param name="Dimensions">How many numbers each shall have; null leaves that to the model.</param>
public sealed record EmbeddingsAsk(int Inputs, int Tokens, VectorEncoding Encoding, int? Dimensions)
{
    /// <summary>As many as any model makes by itself.</summary>
    private const int UsualMaxDimensions = 4096;

    /// <summary>A number of single precision written out, with its sign, its exponent and a comma, with room to spare: some vendors write them in double precision.</summary>
    private const int BytesPerNumber = 24;

    private const long MaxBytes = 256L * 1024 * 1024;

    /// <summary>The most bytes that such an answer may take: vectors of a thousand texts are larger than any chat.</summary>
    public int MaxAnswerBytes => (int)Math.Min(MaxBytes, (long)Inputs * Math.Max(UsualMaxDimensions, Dimensions ?? 0) * BytesPerNumber);
}

/// <summary>The values of <c>encoding_format</c>.</summary>
public enum VectorEncoding
{
    /// <summary>An array of numbers; also where nothing is said.</summary>
    Float,

    /// <summary>The numbers in single precision, four bytes each, the lowest first, as base64.</summary>
    Base64,
}
