namespace ServerlessRouter.Configuration.Files;

/// <summary>Of hosts whose configuration does not lie in a folder.</summary>
public sealed class NoFiles : IConfigurationFiles
{
    public static readonly NoFiles Instance = new();

    private NoFiles()
    {
    }

    public ValueTask<FileReading> ReadAsync(string path, CancellationToken cancellationToken) =>
        new(FileReading.Failed("this host reads its configuration from no folder, so it has no files beside it"));
}
