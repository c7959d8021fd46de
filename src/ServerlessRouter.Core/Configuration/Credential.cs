namespace ServerlessRouter.Configuration;

/// <summary>How a provider is authenticated. The secret is resolved when the configuration is loaded and never printed.</summary>
public abstract record Credential
{
    private Credential()
    {
    }

    /// <summary>No credential is sent.</summary>
    public sealed record None : Credential
    {
        public static readonly None Instance = new();
    }

    /// <summary>A key, already resolved from its reference.</summary>
    /// <param name="Secret">The key itself.</param>
    /// <param name="Reference">Where it was found, for example <c>env:OPENAI_API_KEY</c>; may be told to the owner.</param>
    public sealed record ApiKey(string Secret, string Reference = "") : Credential
    {
        public override string ToString() => "api key";
    }

    /// <summary>A token of the host's own Entra identity.</summary>
    public sealed record Entra : Credential
    {
        public static readonly Entra Instance = new();
    }
}
