namespace ServerlessRouter.LocalHost.Importing;

/// <summary>How a vendor is reached, as another product's configuration writes it.</summary>
internal sealed record ForeignConnection
{
    public ForeignValue? Key { get; init; }

    public ForeignValue? Address { get; init; }

    public ForeignValue? ApiVersion { get; init; }

    public ForeignValue? Region { get; init; }

    public ForeignValue? Headers { get; init; }

    public ForeignValue? Organization { get; init; }

    /// <summary>It signs in with Entra rather than a key.</summary>
    public bool IsEntra { get; init; }

    /// <summary>A name of the owner's for this access, as a Portkey virtual key is; it names the provider.</summary>
    public string? Name { get; init; }
}
