using System.Text.Json;

namespace ServerlessRouter.Keys;

/// <summary>What an admin writes of a key.</summary>
/// <param name="Name">Its name; empty where it is not written.</param>
/// <param name="Terms">What its holder may do, an object in the form of the configuration's keys.</param>
public sealed record KeyOrder(string Name, JsonElement Terms)
{
    /// <summary>What is noted down, as JSON; null for nothing.</summary>
    public string? Metadata { get; init; }

    /// <summary>Whether <see cref="Metadata"/> was written.</summary>
    public bool HasMetadata { get; init; }
}
