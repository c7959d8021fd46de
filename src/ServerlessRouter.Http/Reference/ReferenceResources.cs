namespace ServerlessRouter.Http.Reference;

/// <summary>Texts that are part of the build.</summary>
internal static class ReferenceResources
{
    /// <exception cref="InvalidOperationException">There is no resource of this name.</exception>
    public static byte[] Read(string name)
    {
        using var resource = typeof(ReferenceResources).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is missing from the build.");
        using var content = new MemoryStream();
        resource.CopyTo(content);
        return content.ToArray();
    }
}
