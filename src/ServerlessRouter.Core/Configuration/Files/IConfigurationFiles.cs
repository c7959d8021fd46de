namespace ServerlessRouter.Configuration.Files;

/// <summary>Reads the files a configuration names, when it is loaded and never during a request.</summary>
public interface IConfigurationFiles
{
    /// <summary>The content, or why there is none; throws only when cancelled.</summary>
    ValueTask<FileReading> ReadAsync(string path, CancellationToken cancellationToken);
}

/// <summary>A file that was read, or why it could not be.</summary>
public sealed class FileReading
{
    private FileReading(byte[]? content, string? problem) => (Content, Problem) = (content, problem);

    /// <summary>Null exactly when there is a problem.</summary>
    public byte[]? Content { get; }

    /// <summary>What to change; names the full path.</summary>
    public string? Problem { get; }

    public static FileReading Found(byte[] content) => new(content, null);

    public static FileReading Failed(string problem) => new(null, problem);
}

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
