using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Files;
using ServerlessRouter.Configuration.Loading;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Domain;
using ServerlessRouter.Providers;

namespace ServerlessRouter.Http.Hosting;

/// <summary>The configuration a router runs on, and what reads it again when it changes.</summary>
/// <param name="Models">The configuration as it is now.</param>
/// <param name="Loader">Reads it again.</param>
/// <param name="Path">The file that is followed while the application runs; null where none is.</param>
public sealed record RouterConfiguration(RouterModelSource Models, RouterConfigLoader Loader, string? Path)
{
    /// <summary>Reads a file; secrets come from the environment and from what else is given.</summary>
    /// <param name="path">A <c>router.json</c>.</param>
    /// <param name="anonymousCallers">What becomes of callers while the configuration has no keys. Serve them only where this machine alone can call.</param>
    /// <param name="secrets">For example of a vault; none: the environment alone.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="InvalidOperationException">The configuration has errors; all of them are in the message.</exception>
    public static async ValueTask<RouterConfiguration> ReadAsync(
        string path, AnonymousCallers anonymousCallers = AnonymousCallers.Refused, IEnumerable<ISecretResolver>? secrets = null, CancellationToken cancellationToken = default)
    {
        var folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!;
        var loader = new RouterConfigLoader(ProviderKinds.All, [new EnvironmentSecretResolver(), .. secrets ?? []], new FolderFiles(folder), anonymousCallers);
        var result = await loader.LoadAsync(await File.ReadAllBytesAsync(path, cancellationToken), cancellationToken);
        if (result.Model is not { } model)
            throw new InvalidOperationException(string.Join(Environment.NewLine, result.Errors.Select(error => $"{path}: {error}").Prepend($"The configuration has {Counted.Of(result.Errors.Length, "error")}:")));
        return new RouterConfiguration(new RouterModelSource(model), loader, path);
    }
}
