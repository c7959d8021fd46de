namespace ServerlessRouter.Configuration;

/// <summary>The values of <c>providers.*.credential</c> that are not references to a secret.</summary>
public static class CredentialNames
{
    /// <summary>No credential is sent.</summary>
    public const string None = "none";

    /// <summary>The host's own Entra identity.</summary>
    public const string Entra = "entra";
}
