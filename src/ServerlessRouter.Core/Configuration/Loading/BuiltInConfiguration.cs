namespace ServerlessRouter.Configuration.Loading;

/// <summary>The configuration the router runs on when it is given none: simulated models, no keys.</summary>
public static class BuiltInConfiguration
{
    private const string ResourceName = "builtin.router.json";

    /// <summary>Its text, as a file would hold it.</summary>
    public static ReadOnlyMemory<byte> Read()
    {
        using var resource = typeof(BuiltInConfiguration).Assembly.GetManifestResourceStream(ResourceName)
            ?? throw new InvalidOperationException($"The assembly was built without its resource {ResourceName}.");
        var text = new byte[resource.Length];
        resource.ReadExactly(text);
        return text;
    }
}
