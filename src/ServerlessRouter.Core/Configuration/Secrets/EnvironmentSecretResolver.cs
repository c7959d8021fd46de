namespace ServerlessRouter.Configuration.Secrets;

/// <summary>Looks secrets up in environment variables.</summary>
/// <param name="lookup">Gives the value of a variable, or null.</param>
public sealed class EnvironmentSecretResolver(Func<string, string?> lookup) : ISecretResolver
{
    /// <summary>Reads the variables of this process.</summary>
    public EnvironmentSecretResolver() : this(System.Environment.GetEnvironmentVariable)
    {
    }

    public string Scheme => SecretSchemes.Environment;

    public ValueTask<SecretResolution> ResolveAsync(string name, CancellationToken cancellationToken) => ValueTask.FromResult(lookup(name) switch
    {
        null => SecretResolution.Failed($"{new SecretReference(Scheme, name).Spoken} is not set for this process"),
        "" => SecretResolution.Failed($"{new SecretReference(Scheme, name).Spoken} is empty"),
        var secret => SecretResolution.Found(secret),
    });
}
