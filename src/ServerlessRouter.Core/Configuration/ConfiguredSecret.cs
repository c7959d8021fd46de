namespace ServerlessRouter.Configuration;

/// <summary>A key that stands in the configuration, with its secret.</summary>
/// <param name="path">Where it stands, such as <c>keys.search</c>.</param>
/// <param name="secret">The key itself.</param>
/// <param name="isAdmin">It is an admin's, and not a caller's.</param>
internal sealed class ConfiguredSecret(string path, string secret, bool isAdmin)
{
    public string Path => path;

    public string Secret => secret;

    public bool IsAdmin => isAdmin;
}
