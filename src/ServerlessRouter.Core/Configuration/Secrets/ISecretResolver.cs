namespace ServerlessRouter.Configuration.Secrets;

/// <summary>Looks up the secrets of one scheme, so that configurations hold references only.</summary>
public interface ISecretResolver
{
    /// <summary>What stands before the colon; one of <see cref="SecretSchemes"/>.</summary>
    string Scheme { get; }

    /// <summary>The secret of this name, or why there is none.</summary>
    ValueTask<SecretResolution> ResolveAsync(string name, CancellationToken cancellationToken);
}
