namespace ServerlessRouter.Configuration.Secrets;

/// <summary>The schemes a reference to a secret may have.</summary>
public static class SecretSchemes
{
    /// <summary>An environment variable of the router's process.</summary>
    public const string Environment = "env";

    /// <summary>A secret in the host's key vault.</summary>
    public const string KeyVault = "keyvault";

    /// <summary>The SHA-256 of a caller's key itself, in hex; nothing is looked up.</summary>
    public const string Sha256 = "sha256";

    /// <summary>All schemes.</summary>
    public static IReadOnlyList<string> All { get; } = [Environment, KeyVault, Sha256];
}
