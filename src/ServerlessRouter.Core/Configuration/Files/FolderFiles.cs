namespace ServerlessRouter.Configuration.Files;

/// <summary>Reads files relative to the folder the configuration file is in.</summary>
public sealed class FolderFiles(string folder) : IConfigurationFiles
{
    /// <summary>Larger files are no weights.</summary>
    public const long MaxBytes = 256 * 1024 * 1024;

    public async ValueTask<FileReading> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            var file = new FileInfo(Path.GetFullPath(path, folder));
            if (!file.Exists)
                return FileReading.Failed($"there is no file {file.FullName}");
            return file.Length > MaxBytes
                ? FileReading.Failed($"{file.FullName} has {file.Length} bytes; at most {MaxBytes} are read")
                : FileReading.Found(await File.ReadAllBytesAsync(file.FullName, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return FileReading.Failed($"it cannot be read: {problem.Message}");
        }
    }
}

/// <summary>Reads files of the folder <c>weights</c> below another and no others: for stored configurations, which come over the network.</summary>
public sealed class WeightsFolderFiles(string folder) : IConfigurationFiles
{
    public const string FolderName = "weights";

    private readonly string _folder = Path.GetFullPath(folder);
    private readonly FolderFiles _files = new(Path.GetFullPath(folder));

    public ValueTask<FileReading> ReadAsync(string path, CancellationToken cancellationToken) => IsInside(path)
        ? _files.ReadAsync(path, cancellationToken)
        : new(FileReading.Failed($"a stored configuration reads files of {Path.Combine(_folder, FolderName)} only; put the file there and write \"{FolderName}/NAME\""));

    private bool IsInside(string path) =>
        !path.Contains('\0') && Path.GetFullPath(path, _folder).StartsWith(Path.Combine(_folder, FolderName) + Path.DirectorySeparatorChar, StringComparison.Ordinal);
}
