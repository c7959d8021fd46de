using System.Security.Cryptography;
using System.Text;

namespace ServerlessRouter.Recording.Usage;

/// <summary>What usage is told apart by: whose it is, what was asked for, what was called for it, and how the request ended.</summary>
public readonly record struct UsageDimensions
{
    /// <summary>Stands for the router's own calls to deployments that failed; no key can have this name.</summary>
    public const string ProbesKey = "health probe";

    private const int HashBytes = 16;

    /// <summary>Name of the caller's key; null without one.</summary>
    public string? Key { get; init; }

    /// <summary>Null for a request that was refused before its route was known.</summary>
    public string? Route { get; init; }

    /// <summary>Null where no model answered or was called.</summary>
    public string? Model { get; init; }

    /// <summary><c>provider/name</c>; null where none was called.</summary>
    public string? Deployment { get; init; }

    /// <summary>Whose state the prices were of that it was billed by: a version of the catalogue, or of the configuration where they are written there; null where none was called.</summary>
    public string? PriceVersion { get; init; }

    /// <summary>HTTP status the request ended with; 499 when the caller left.</summary>
    public int Status { get; init; }

    /// <summary>The same for the same dimensions, on every instance; safe in a key.</summary>
    internal string Hash()
    {
        var text = $"{Part(Key)}\n{Part(Route)}\n{Part(Model)}\n{Part(Deployment)}\n{Status}{(PriceVersion is null ? "" : $"\n{Part(PriceVersion)}")}";
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), hash);
        return Convert.ToHexStringLower(hash[..HashBytes]);
    }

    private static string Part(string? name) => name is null ? "" : $"={name}";
}
