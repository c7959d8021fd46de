namespace ServerlessRouter.Configuration.Secrets;

/// <summary>Looks up the secrets of one scheme, so that configurations hold references only.</summary>
public interface ISecretResolver
{
    /// <summary>What stands before the colon; one of <see cref="SecretSchemes"/>.</summary>
    string Scheme { get; }

    /// <summary>The secret of this name, or why there is none.</summary>
    ValueTask<SecretResolution> ResolveAsync(string name, CancellationToken cancellationToken);
}

/// <summary>A secret that was looked up, or why it could not be.</summary>
public sealed class SecretResolution
{
    private SecretResolution(string? secret, string? problem) => (Secret, Problem) = (secret, problem);

    /// <summary>Null exactly when there is a problem.</summary>
    public string? Secret { get; }

    /// <summary>What to change; names the reference, never the secret.</summary>
    public string? Problem { get; }

    public static SecretResolution Found(string secret) => new(secret, null);

    public static SecretResolution Failed(string problem) => new(null, problem);

    public override string ToString() => Problem ?? "a secret";
}
