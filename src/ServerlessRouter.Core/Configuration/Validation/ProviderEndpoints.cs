namespace ServerlessRouter.Configuration.Validation;

/// <summary>The base addresses of providers.</summary>
internal static class ProviderEndpoints
{
    public const string OpenAI = "https://api.openai.com/v1/";
    public const string Anthropic = "https://api.anthropic.com/v1/";

    /// <summary>Where a kind is called when no address is written; null where one must be, or none is needed.</summary>
    public static string? DefaultOf(string kind) => kind switch
    {
        ProviderKinds.OpenAI => OpenAI,
        ProviderKinds.Anthropic => Anthropic,
        _ => null,
    };

    /// <summary>The address with a trailing slash, so that relative paths go below it; null when it is not one to call.</summary>
    public static Uri? Parse(string endpoint) =>
        Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
        && uri is { UserInfo: "", Query: "", Fragment: "" }
            ? uri.AbsolutePath.EndsWith('/') ? uri : new Uri(uri.AbsoluteUri + "/")
            : null;
}
