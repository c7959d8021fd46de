namespace ServerlessRouter.Classification.Features;

/// <summary>The names of the handcrafted features, as explanations show them.</summary>
internal static class HandcraftedFeatures
{
    private static readonly string[] AllNames = Enum.GetNames<HandcraftedFeature>();

    public static int Count => AllNames.Length;

    public static ReadOnlySpan<string> Names => AllNames;
}
