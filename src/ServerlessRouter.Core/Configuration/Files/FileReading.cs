namespace ServerlessRouter.Configuration.Files;

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
