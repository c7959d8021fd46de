namespace ServerlessRouter.Configuration.Secrets;

/// <summary>Where a secret is, as the configuration writes it: <c>scheme:name</c>.</summary>
internal readonly record struct SecretReference(string Scheme, string Name)
{
    /// <summary>Null when the text is no reference, and so perhaps a secret.</summary>
    public static SecretReference? Parse(string? text)
    {
        var colon = text?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        if (colon <= 0 || colon == text!.Length - 1 || !SecretSchemes.All.Contains(text[..colon]) || char.IsWhiteSpace(text[colon + 1]))
            return null;
        return new SecretReference(text[..colon], text[(colon + 1)..]);
    }

    /// <summary>As the subject of a sentence. A secret that was written where a name belongs is not repeated.</summary>
    public string Spoken => (Scheme, Written.Quoted.LooksSecret(Name)) switch
    {
        (SecretSchemes.Environment, true) => "the environment variable it names",
        (SecretSchemes.Environment, false) => $"the environment variable {Name}",
        (_, true) => "the secret it names",
        _ => $"the secret {Name}",
    };

    public override string ToString() => $"{Scheme}:{Name}";
}

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
