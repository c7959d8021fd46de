namespace ServerlessRouter.Configuration.Secrets;

/// <summary>Takes every secret as there, for a look at a configuration where its secrets are not, as in CI. What it answers opens nothing.</summary>
/// <param name="scheme">What stands before the colon; one of <see cref="SecretSchemes"/>.</param>
public sealed class UncheckedSecretResolver(string scheme) : ISecretResolver
{
    /// <summary>Enough for a key, and no longer than a host's name may be: a secret may be the address of a proxy too.</summary>
    private const int Digits = 40;

    private readonly List<string> _asked = [];

    public string Scheme => scheme;

    /// <summary>The references that were taken as there, in the order asked.</summary>
    public IReadOnlyList<string> Asked => _asked;

    public ValueTask<SecretResolution> ResolveAsync(string name, CancellationToken cancellationToken)
    {
        _asked.Add(new SecretReference(scheme, name).ToString());
        return ValueTask.FromResult(SecretResolution.Found(KeyHash.Of($"{scheme}:{name}")[..Digits]));
    }
}
