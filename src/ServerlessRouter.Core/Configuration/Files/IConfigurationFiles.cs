namespace ServerlessRouter.Configuration.Files;

/// <summary>Reads the files a configuration names, when it is loaded and never during a request.</summary>
public interface IConfigurationFiles
{
    /// <summary>The content, or why there is none; throws only when cancelled.</summary>
    ValueTask<FileReading> ReadAsync(string path, CancellationToken cancellationToken);
}
