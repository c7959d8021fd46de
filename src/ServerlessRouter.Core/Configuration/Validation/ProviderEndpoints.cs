namespace ServerlessRouter.Configuration.Validation;

/// <summary>The base addresses of providers.</summary>
internal static class ProviderEndpoints
{
    /// <summary>The address with a trailing slash, so that relative paths go below it; null when it is not one to call.</summary>
    public static Uri? Parse(string endpoint) =>
        Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
        && uri is { UserInfo: "", Query: "", Fragment: "" }
            ? uri.AbsolutePath.EndsWith('/') ? uri : new Uri(uri.AbsoluteUri + "/")
            : null;
}
