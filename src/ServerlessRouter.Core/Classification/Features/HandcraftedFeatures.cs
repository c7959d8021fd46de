namespace ServerlessRouter.Classification.Features;

/// <summary>The names of the handcrafted features, as explanations show them.</summary>
internal static class HandcraftedFeatures
{
    private static readonly string[] AllNames = Enum.GetNames<HandcraftedFeature>();

    public static int Count => AllNames.Length;

    /// <summary>So many of them, the first ones, tell of lengths, characters and lines alone; the others of words in lists.</summary>
    public static int ShapeCount => (int)HandcraftedFeature.QuestionWord;

    public static ReadOnlySpan<string> Names => AllNames;
}
