namespace ServerlessRouter.Configuration;

/// <summary>Knows the key of the router's owner, which stands outside the configuration.</summary>
public interface IOwnerKey
{
    /// <summary>Whether it is the key of this SHA-256, as far as can be told at once. Never waits.</summary>
    bool Is(ReadOnlySpan<byte> hash);
}
