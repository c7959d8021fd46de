namespace ServerlessRouter.Configuration.Written;

/// <summary>How the ends of batches and jobs are told to callers' servers, as written.</summary>
public sealed record WebhooksConfig
{
    [Member("Where the secret is that messages are signed with: `env:NAME` or `keyvault:NAME`; its text may be Standard Webhooks' `whsec_` and base64. Without it no callback is accepted.", IsSecret = true)]
    public string? Secret { get; init; }

    [Member("Hosts of callbacks that may be private, and may be plain http: `hooks.internal`, `127.0.0.1`. All others must be https and public.")]
    public IReadOnlyList<string?>? PrivateHosts { get; init; }
}
