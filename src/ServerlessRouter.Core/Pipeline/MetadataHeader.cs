namespace ServerlessRouter.Pipeline;

/// <summary>The header by which callers get <c>router_metadata</c> with their answer.</summary>
internal static class MetadataHeader
{
    public const string Name = "x-router-metadata";
    private const string Enabled = "enabled";

    public static bool IsEnabled(IRequestHeaders headers) => string.Equals(headers.Get(Name), Enabled, StringComparison.OrdinalIgnoreCase);
}
