using ServerlessRouter.Errors;

namespace ServerlessRouter.Keys;

/// <summary>What became of an admin's wish: the key, or why not.</summary>
public sealed record KeyOutcome
{
    public KeyOutcome(RouterError error) => Error = error;

    internal KeyOutcome(IssuedKey key, string? secret = null) => (Key, Secret) = (key, secret);

    public RouterError? Error { get; }

    public IssuedKey? Key { get; }

    /// <summary>The key itself, this once; null where it was not made now.</summary>
    public string? Secret { get; init; }
}
