namespace ServerlessRouter.Configuration.Files;

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
