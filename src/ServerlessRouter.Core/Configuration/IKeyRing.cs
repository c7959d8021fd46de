namespace ServerlessRouter.Configuration;

/// <summary>Knows callers by keys that do not stand in the configuration, and the clock that every key expires by.</summary>
public interface IKeyRing
{
    /// <summary>The time by which keys expire.</summary>
    DateTimeOffset Now { get; }

    /// <summary>It may know keys, so that callers need one even where the configuration has none.</summary>
    bool HasKeys { get; }

    /// <summary>Whose key it is. Never waits.</summary>
    KeyFinding Find(RouterModel router, ReadOnlySpan<char> secret);

    /// <summary>A caller by its name; null where there is none, or no longer.</summary>
    CallerModel? Recall(RouterModel router, string name);

    /// <summary>The admin who sends it; null where it is none's. Never waits.</summary>
    AdminModel? FindAdmin(RouterModel router, ReadOnlySpan<char> secret) => null;
}

/// <summary>What is known of a key that was sent.</summary>
/// <param name="State">Whether it is known.</param>
/// <param name="Caller">Whose it is; null where it is not known.</param>
/// <param name="Problem">Why it is not known, for who sent it; null where there is no more to say than the state does.</param>
public readonly record struct KeyFinding(KeyState State, CallerModel? Caller = null, string? Problem = null);

/// <summary>Whether a key is known.</summary>
public enum KeyState
{
    /// <summary>It is not.</summary>
    Unknown,

    /// <summary>It is.</summary>
    Known,

    /// <summary>It was issued for a tier that the configuration does not have.</summary>
    WithoutTier,

    /// <summary>It looks like one that may be known, and what would tell cannot be read at present.</summary>
    Undecided,
}

/// <summary>Knows no key.</summary>
internal sealed class EmptyKeyRing : IKeyRing
{
    public static readonly EmptyKeyRing Instance = new();

    public DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public bool HasKeys => false;

    public KeyFinding Find(RouterModel router, ReadOnlySpan<char> secret) => new(KeyState.Unknown);

    public CallerModel? Recall(RouterModel router, string name) => null;
}
