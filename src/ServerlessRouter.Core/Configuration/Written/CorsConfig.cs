namespace ServerlessRouter.Configuration.Written;

/// <summary>Which web pages may call the router, as written.</summary>
public sealed record CorsConfig
{
    [Member("Origins whose pages may read answers: `https://chat.example.com`, scheme and host, and the port where it is not the scheme's own. Default: every origin where there are keys, else those of this machine; without keys others have no effect.")]
    public IReadOnlyList<string?>? Origins { get; init; }
}
