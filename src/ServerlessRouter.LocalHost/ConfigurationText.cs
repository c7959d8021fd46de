using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Files;
using ServerlessRouter.Configuration.Secrets;

namespace ServerlessRouter.LocalHost;

/// <summary>Loads a configuration for a command, or says why it cannot.</summary>
internal static class ConfigurationText
{
    /// <summary>Where this host finds secrets.</summary>
    public static readonly ISecretResolver[] SecretResolvers = [new EnvironmentSecretResolver()];

    /// <summary>Secrets from the environment, files from the folder of the configuration, or for those of a store from below the folder it is in; the built-in one has none.</summary>
    public static RouterConfigLoader LoaderOf(string? path, string? dataPath = null, AnonymousCallers anonymousCallers = AnonymousCallers.Served) =>
        new(SecretResolvers, FilesOf(path, dataPath), anonymousCallers);

    /// <summary>The built-in configuration when no path is given.</summary>
    public static Task<ConfigurationResult> LoadAsync(string? path, CancellationToken cancellationToken) => LoadAsync(path, LoaderOf(path), cancellationToken);

    /// <inheritdoc cref="LoadAsync(string?, CancellationToken)"/>
    public static async Task<ConfigurationResult> LoadAsync(string? path, RouterConfigLoader loader, CancellationToken cancellationToken) =>
        await loader.LoadAsync(path is null ? BuiltInConfiguration.Read() : await ReadAsync(path, cancellationToken), cancellationToken);

    /// <summary>The errors of a refused configuration, one a line.</summary>
    public static string Describe(string? path, ConfigurationResult result) =>
        string.Join(Environment.NewLine, result.Errors.Select(error => $"{path}: {error}").Prepend($"The configuration has {result.Errors.Length} error(s):"));

    private static IConfigurationFiles? FilesOf(string? path, string? dataPath) => (path, dataPath) switch
    {
        ({ } file, _) => new FolderFiles(Path.GetDirectoryName(Path.GetFullPath(file))!),
        (null, { } folder) => new WeightsFolderFiles(folder),
        _ => null,
    };

    private static async Task<byte[]> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllBytesAsync(path, cancellationToken);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"The configuration {path} cannot be read: {problem.Message}");
        }
    }
}
