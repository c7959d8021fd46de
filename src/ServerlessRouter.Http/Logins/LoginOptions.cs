namespace ServerlessRouter.Http.Logins;

/// <summary>How a host has people log in to the dashboard.</summary>
public sealed record LoginOptions
{
    /// <summary>Everything comes over https, whatever the last part of the way looks like from here.</summary>
    public bool IsAlwaysSecure { get; init; }

    /// <summary>The key that the page gets a session of without asking for one: for a demonstration that its own machine alone reaches. Null: none.</summary>
    public string? OpenKey { get; init; }

    /// <summary>Everyone knows the callers' keys, so web pages from elsewhere are refused as they are where there are none.</summary>
    public bool HasKnownKeys { get; init; }
}
