using ServerlessRouter.Configuration.Secrets;

namespace ServerlessRouter.LocalHost.Demo;

/// <summary>Finds no secret. Every user of the machine is let in as an admin, and could have the owner's secrets sent wherever a configuration says.</summary>
internal sealed class DemoSecrets : ISecretResolver
{
    public string Scheme => SecretSchemes.Environment;

    public ValueTask<SecretResolution> ResolveAsync(string name, CancellationToken cancellationToken) =>
        ValueTask.FromResult(SecretResolution.Failed($"the environment variable {name} is not read: --demo lets every user of this machine in, so it uses no secrets; start without --demo"));
}
