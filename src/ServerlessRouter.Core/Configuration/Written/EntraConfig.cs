namespace ServerlessRouter.Configuration.Written;

/// <summary>Whose tokens are taken in place of keys, as written.</summary>
public sealed record EntraConfig
{
    [Member("Who issues the tokens, as their `iss` says: `https://login.microsoftonline.com/TENANT/v2.0`. Any OpenID Connect issuer will do.", IsRequired = true)]
    public string? Issuer { get; init; }

    [Member("Whom the tokens are for, as their `aud` says: the application id of the router's registration.", IsRequired = true)]
    public string? Audience { get; init; }

    [Member("Where the issuer describes itself and its signing keys. Default: the issuer with `/.well-known/openid-configuration`.")]
    public string? Metadata { get; init; }

    [Member("The tier of callers whose token has a role (`roles`), by role; of several roles the first that is written counts.")]
    public OrderedDictionary<string, string?>? Roles { get; init; }

    [Member("What an admin may do whose token has a role, by role: everything (`admin`), or issue keys and change those it has issued (`keys`).")]
    public OrderedDictionary<string, string?>? AdminRoles { get; init; }
}
