using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Files;
using ServerlessRouter.Configuration.Loading;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Configuration.Stored;
using ServerlessRouter.Domain;
using ServerlessRouter.LocalHost.Starting;
using ServerlessRouter.Providers;

namespace ServerlessRouter.LocalHost;

/// <summary>Finds and loads a configuration for a command, or says why it cannot.</summary>
internal static class ConfigurationText
{
    /// <summary>What is used without being named, where it stands in the current folder.</summary>
    public const string DefaultName = "router.json";

    /// <summary>Where this host finds secrets.</summary>
    public static readonly ISecretResolver[] SecretResolvers = [new EnvironmentSecretResolver()];

    /// <summary>The file named, else the <c>router.json</c> of the current folder, else null.</summary>
    public static string? FindPath(FileInfo? named) => named?.FullName ?? (File.Exists(DefaultName) ? Path.GetFullPath(DefaultName) : null);

    /// <summary>Secrets from the environment, files from the folder of the configuration, or for those of a store from below the folder it is in; the built-in one has none.</summary>
    public static RouterConfigLoader LoaderOf(
        string? path, string? dataPath = null, AnonymousCallers anonymousCallers = AnonymousCallers.Served, IReadOnlyList<ISecretResolver>? secrets = null) =>
        new(ProviderKinds.All, secrets ?? SecretResolvers, FilesOf(path, dataPath), anonymousCallers);

    /// <summary>What the environment says when no path is given, and the built-in configuration where that is nothing.</summary>
    public static async Task<ConfigurationResult> LoadAsync(string? path, Func<string, string?> variable, CancellationToken cancellationToken) =>
        path is null && (await EnvironmentConfiguration.FindAsync(variable, new ModelServers(), LocalRouterOptions.DefaultUrl, cancellationToken)).Text is { } text
            ? await LoaderOf(path).LoadAsync(text, cancellationToken)
            : await LoadAsync(path, LoaderOf(path), cancellationToken);

    /// <summary>The built-in configuration when no path is given.</summary>
    public static Task<ConfigurationResult> LoadAsync(string? path, CancellationToken cancellationToken) => LoadAsync(path, LoaderOf(path), cancellationToken);

    /// <inheritdoc cref="LoadAsync(string?, CancellationToken)"/>
    public static async Task<ConfigurationResult> LoadAsync(string? path, RouterConfigLoader loader, CancellationToken cancellationToken) =>
        await loader.LoadAsync(path is null ? BuiltInConfiguration.Read() : await ReadAsync(path, "Make one with: serverless-router init.", cancellationToken), cancellationToken);

    /// <summary>The errors of a refused configuration, one a line.</summary>
    public static string Describe(string? path, ConfigurationResult result) =>
        string.Join(Environment.NewLine, result.Errors.Select(error => $"{path ?? "from the environment"}: {error}").Prepend($"The configuration has {Counted.Of(result.Errors.Length, "error")}:"));

    /// <summary>What is wrong with the configuration that is kept in a state folder, and what to do.</summary>
    public static string Describe(string folder, UnloadedConfiguration unloaded) => unloaded.Errors.IsEmpty
        ? $"The configuration {unloaded.Version}, which is active in {folder}, is not whole there. Restore the folder from a backup, or name a file with --config, which counts instead."
        : string.Join(Environment.NewLine, [
            $"The configuration {unloaded.Version}, which is active in {folder}, has {Counted.Of(unloaded.Errors.Length, "error")}:",
            .. unloaded.Errors.Select(error => $"{folder}: {error}"),
            "Mend what is named and start again, or name a file with --config, which counts instead.",
        ]);

    private static IConfigurationFiles? FilesOf(string? path, string? dataPath) => (path, dataPath) switch
    {
        ({ } file, _) => new FolderFiles(Path.GetDirectoryName(Path.GetFullPath(file))!),
        (null, { } folder) => new WeightsFolderFiles(folder),
        _ => null,
    };

    /// <summary>The bytes of a file; throws <see cref="StartRefusedException"/> with the reason where it cannot be read, and with <paramref name="remedy"/> where it does not exist.</summary>
    public static async Task<byte[]> ReadAsync(string path, string? remedy, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllBytesAsync(path, cancellationToken);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException(Directory.Exists(path)
                ? $"The configuration {path} is a folder; name the file in it, for example {Path.Combine(path, DefaultName)}."
                : $"The configuration {path} {Complaint(problem, remedy)}");
        }
    }

    private static string Complaint(Exception problem, string? remedy) => problem switch
    {
        FileNotFoundException or DirectoryNotFoundException => remedy is null ? "does not exist." : $"does not exist. {remedy}",
        UnauthorizedAccessException => "may not be read by this user.",
        _ => $"cannot be read: {problem.Message}",
    };
}
