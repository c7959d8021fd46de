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

    /// <summary>What the caller may do; null for the router's own calls.</summary>
    public string? Tier { get; init; }

    /// <summary>The tags of the key, as <c>NAME=VALUE</c> in lines by name; null without any.</summary>
    public string? Tags { get; init; }

    /// <summary>Null for a request that was refused before its route was known.</summary>
    public string? Route { get; init; }

    /// <summary>What the caller wrote for the model; <c>other</c> where callers wrote too many different things.</summary>
    public string? ModelAsked { get; init; }

    /// <summary>Null where no model answered or was called.</summary>
    public string? Model { get; init; }

    /// <summary><c>provider/name</c>; null where none was called.</summary>
    public string? Deployment { get; init; }

    /// <summary>Whose the deployment is, in groups that tell providers apart; elsewhere <see cref="Deployment"/> says it.</summary>
    public string? Provider { get; init; }

    /// <summary>Whose state the prices were of that it was billed by: a version of the catalogue, or of the configuration where they are written there; null where none was called.</summary>
    public string? PriceVersion { get; init; }

    /// <summary>What the request was taken for; null where that was not sure.</summary>
    public string? Task { get; init; }

    /// <summary>HTTP status the request ended with; 499 when the caller left.</summary>
    public int Status { get; init; }

    /// <summary>The value of one of the tags; null where it is not there.</summary>
    public string? TagOf(string name) => UsageTags.ValueOf(Tags, name);

    /// <summary>The part of the deployment's name that names its provider.</summary>
    internal string? ProviderCalled => Deployment is { } deployment && deployment.IndexOf('/', StringComparison.Ordinal) is > 0 and var length ? deployment[..length] : null;

    /// <summary>These alone, the others left out.</summary>
    internal UsageDimensions Only(UsageGroups groups) => new()
    {
        Key = groups.HasFlag(UsageGroups.Key) ? Key : null,
        Tier = groups.HasFlag(UsageGroups.Tier) ? Tier : null,
        Tags = groups.HasFlag(UsageGroups.Tags) ? Tags : null,
        Route = groups.HasFlag(UsageGroups.Route) ? Route : null,
        ModelAsked = groups.HasFlag(UsageGroups.ModelAsked) ? ModelAsked : null,
        Model = groups.HasFlag(UsageGroups.Model) ? Model : null,
        Deployment = groups.HasFlag(UsageGroups.Deployment) ? Deployment : null,
        PriceVersion = groups.HasFlag(UsageGroups.PriceVersion) ? PriceVersion : null,
        Task = groups.HasFlag(UsageGroups.Task) ? Task : null,
        Status = groups.HasFlag(UsageGroups.Status) ? Status : 0,
    };

    /// <summary>Names rows of earlier versions, which know some of the dimensions: the same for the same, on every instance; safe in a key.</summary>
    internal string Hash()
    {
        var text = $"{Part(Key)}\n{Part(Route)}\n{Part(Model)}\n{Part(Deployment)}\n{Status}{(PriceVersion is null ? "" : $"\n{Part(PriceVersion)}")}";
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), hash);
        return Convert.ToHexStringLower(hash[..HashBytes]);
    }

    private static string Part(string? name) => name is null ? "" : $"={name}";
}
