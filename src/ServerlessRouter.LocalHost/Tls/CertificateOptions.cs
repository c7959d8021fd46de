namespace ServerlessRouter.LocalHost.Tls;

/// <summary>Where the certificate of this server is.</summary>
public sealed record CertificateOptions
{
    /// <summary>A PEM file with the certificate and those above it, or a PFX file.</summary>
    public required string Path { get; init; }

    /// <summary>A PEM file with its private key; null where that is in <see cref="Path"/> too.</summary>
    public string? KeyPath { get; init; }

    /// <summary>Where the password of the PFX file or of an encrypted key is: <c>env:NAME</c>; null where there is none.</summary>
    public string? Password { get; init; }
}
